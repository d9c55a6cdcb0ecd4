import Fragmentation
import MemoryUnits
import Snapshots
import TraceFormats

/// What `framelab ask` found out.
struct AskAnswer: Encodable {
  enum Verdict: String, Encodable {
    case yes, no
    /// The source does not tell enough.
    case unknown
  }

  var verdict: Verdict
  var needs: [BlockNeed]
  /// How the needs are met; for a no the plan that comes nearest. Nil when no frame is known.
  var plan: BlockPlan?
  var costs: MoveCosts
  var availability: Availability
  var origin: String
  var caveats: [String]
  /// What was allowed.
  var means: [PlanMeans]

  init(
    _ needs: [BlockNeed], by means: [PlanMeans], _ snapshot: FrameSnapshot, _ costs: MoveCosts
  ) {
    self.needs = needs
    self.means = means
    self.costs = costs
    origin = snapshot.origin
    caveats = snapshot.caveats
    availability = Availability(snapshot)
    guard snapshot.zones.contains(where: { !$0.states.isEmpty }) else {
      let enough = AskAnswer.isInFreeLists(needs, availability)
      verdict = enough && means.contains(.now) ? .yes : .unknown
      return
    }
    let zones = snapshot.planZones
    let hasUnknown = availability.total?.frames?[.unknown] ?? 0 > 0
    var best: BlockPlan?
    for unknownMoves in hasUnknown ? [false, true] : [false] {
      for means in means {
        let plan = BlockPlan(needs, in: zones, means, unknownMoves: unknownMoves)
        if plan.isComplete {
          verdict = unknownMoves ? .unknown : .yes
          self.plan = plan
          return
        }
        if !unknownMoves { best = plan }
      }
    }
    verdict = .no
    plan = best
  }

  /// Whether free blocks meet all needs by splitting alone.
  private static func isInFreeLists(_ needs: [BlockNeed], _ availability: Availability) -> Bool {
    var taken: UInt64 = 0
    for need in needs.sorted(by: { $0.order > $1.order }) {
      guard let now = availability[need.order]?.now else { return false }
      let wanted = UInt64(need.count) << UInt64(need.order.rawValue)
      guard now << UInt64(need.order.rawValue) >= taken + wanted else { return false }
      taken += wanted
    }
    return true
  }

  /// The orders of the needs, and those of huge pages.
  var orders: [Order] {
    let huge = [Order.huge, .gigantic].filter { availability[$0]?.blocks ?? 0 > 0 }
    return Set(needs.map(\.order) + huge).sorted()
  }

  enum CodingKeys: String, CodingKey {
    case answer, needs, plan, origin, caveats, availability, means
    case timeNs = "time_ns"
    case costs = "cost_table"
  }

  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(verdict, forKey: .answer)
    try values.encode(needs, forKey: .needs)
    try values.encode(means, forKey: .means)
    try values.encodeIfPresent(plan, forKey: .plan)
    try values.encodeIfPresent(plan?.nanoseconds(costs), forKey: .timeNs)
    try values.encode(costs, forKey: .costs)
    try values.encode(origin, forKey: .origin)
    try values.encode(caveats, forKey: .caveats)
    // moves(N) for all N would fill pages for orders that nobody asked about.
    var availability = availability
    let asked = Set(needs.map(\.order))
    for zone in availability.zones.indices {
      availability.zones[zone].orders = availability.zones[zone].orders.map {
        asked.contains($0.order) ? $0 : $0.summary
      }
    }
    try values.encode(availability, forKey: .availability)
  }
}
