import Fragmentation
import MemoryUnits
import Testing

@Suite("Plans for memory that is fragmented on purpose")
struct AgingPlanTests {
  static let blocks = 64

  /// A layout of 64 blocks: those of `foreign` hold one frame of somebody else, every `freeEach`-th
  /// other frame is free already.
  static func layout(foreign: [Int] = [], freeEach: Int = .max) -> AgingLayout {
    let range = FrameRange(start: FrameNumber(1 << 20), count: blocks * 512)
    var own = FrameSet(range)
    var free = FrameSet(range)
    for index in 0..<range.count {
      let frame = range.start.advanced(by: index)
      if foreign.contains(index / 512), index % 512 == 100 { continue }
      if index % freeEach == freeEach - 1 { free.insert(frame) } else { own.insert(frame) }
    }
    return AgingLayout(own: own, free: free)
  }

  /// The states that result when the plan is carried out.
  static func states(_ plan: AgingPlan, _ layout: AgingLayout) -> [UInt8] {
    (0..<layout.range.count).map { index in
      let frame = layout.range.start.advanced(by: index)
      let isFree =
        !plan.kept.contains(frame)
        && (layout.own.contains(frame) || layout.free.contains(frame))
      return (isFree ? FrameState.free : .movable).rawValue
    }
  }

  @Test(
    "a plan reaches what it says, as a census of the frames finds", arguments: AgingMethod.planned)
  func prediction(_ method: AgingMethod) {
    for seed in 0..<12 as Range<UInt64> {
      for goal in [0, 0.05, 0.3, 0.5, 0.77, 1] {
        let layout = Self.layout(
          foreign: seed % 3 == 0 ? [] : [3, 17, 40], freeEach: seed % 2 == 0 ? .max : 7)
        let plan = AgingPlan(layout, method, AgingGoal(unusable: goal), seed: seed)
        let census = FreeRunCensus(
          states: Self.states(plan, layout), start: layout.range.start)
        let note: Comment = "\(method), goal \(goal), seed \(seed)"
        #expect(census.freeAreas.freeFrames == plan.freeFrames, note)
        #expect(census.freeAreas.framesInBlocks(atLeast: 9) == plan.usableFrames, note)
        #expect(plan.kept.members.allSatisfy { layout.own.contains($0) }, note)
      }
    }
  }

  @Test("the index is reached to half a block", arguments: AgingMethod.planned)
  func index(_ method: AgingMethod) {
    for goal in stride(from: 0, through: 1, by: 1.0 / 16) {
      let plan = AgingPlan(Self.layout(), method, AgingGoal(unusable: goal), seed: 5)
      // One block more or less changes the index by at most 512 of the free frames.
      let step = 512 / Double(plan.freeFrames)
      #expect(abs((plan.unusable ?? 9) - goal) <= step / 2 + 1e-9, "\(method), goal \(goal)")
    }
  }

  @Test("index and free share together, where both can be had")
  func freeShare() {
    for goal in [0.1, 0.4, 0.8] {
      for free in [0.2, 0.4, 0.6] {
        let plan = AgingPlan(
          Self.layout(), .frag, AgingGoal(unusable: goal, free: free), seed: 1)
        let frames = Double(Self.blocks * 512)
        #expect(abs(Double(plan.freeFrames) / frames - free) <= 1.5 / Double(Self.blocks))
        #expect(
          abs((plan.unusable ?? 9) - goal) <= 512 / Double(plan.freeFrames), "\(goal), \(free)")
        #expect(plan.spoiledBlocks + plan.fullBlocks <= Self.blocks)
      }
    }
  }

  @Test(
    "one page in 512 in every block: order 9 is gone, and one block is left of each lower order")
  func everyBlock() {
    let layout = Self.layout()
    let plan = AgingPlan(layout, .transhugeStress, AgingGoal(unusable: 1), seed: 3)
    let census = FreeRunCensus(states: Self.states(plan, layout), start: layout.range.start)
    let expected: [UInt64] = Array(repeating: UInt64(Self.blocks), count: 9) + [0, 0]
    #expect(census.freeAreas.blocks == expected, "theory T4")
    #expect(plan.kept.members.allSatisfy { $0.index % 512 == 511 })
  }

  @Test("the share of unmovable frames is exact to one frame")
  func unmovable() {
    for share in [0, 0.01, 0.25, 0.5, 1] {
      let plan = AgingPlan(
        Self.layout(), .frag, AgingGoal(unusable: 0.6, unmovable: share), seed: 9)
      #expect(abs(plan.unmovable - share) * Double(plan.kept.count) <= 0.5)
      #expect(plan.pinned.members.allSatisfy { plan.kept.contains($0) })
    }
  }

  @Test("one seed, one plan; another seed, another")
  func seeds() {
    let goal = AgingGoal(unusable: 0.5, unmovable: 0.2)
    let plans = [4, 4, 5].map { AgingPlan(Self.layout(), .randomHalf, goal, seed: $0) }
    #expect(plans[0].kept == plans[1].kept && plans[0].pinned == plans[1].pinned)
    #expect(plans[0].kept != plans[2].kept)
  }

  @Test("free memory elsewhere counts in the index")
  func elsewhere() {
    var layout = Self.layout()
    layout.freeElsewhere = 40_000
    layout.usableElsewhere = 30_000
    let plan = AgingPlan(layout, .frag, AgingGoal(unusable: 0.5), seed: 2)
    #expect(plan.freeFrames >= 40_000)
    #expect(abs((plan.unusable ?? 9) - 0.5) <= 512 / Double(plan.freeFrames))
    // All that is free is spoiled already: the goal cannot be reached, and the plan comes nearest.
    layout.usableElsewhere = 0
    let poor = AgingPlan(layout, .frag, AgingGoal(unusable: 0.1), seed: 2)
    #expect(poor.spoiledBlocks == 0)
  }
}

@Suite("Requests for aged memory in words")
struct AgingRequestTests {
  @Test("what is written reads back as the same")
  func roundTrip() throws {
    for text in ["frag 60%", "random-half .5 free 30%", "page-cache 0.25 unmovable 5% free 0.5"] {
      let request = try #require(AgingRequest(text))
      #expect(AgingRequest("\(request)") == request)
    }
    let request = try #require(AgingRequest("transhuge-stress 90% free 50% unmovable 1%"))
    #expect(request.method == .transhugeStress)
    #expect(request.goal == AgingGoal(unusable: 0.9, unmovable: 0.01, free: 0.5))
  }

  @Test("recorded churn has a recording, whose path is the rest of the line")
  func recording() throws {
    let text = "recorded-churn 60% unmovable 5% trace my recordings/a.fltrace"
    let request = try #require(AgingRequest(text))
    #expect(request.trace == "my recordings/a.fltrace")
    #expect(AgingRequest("\(request)") == request)
  }

  @Test(
    "anything else is refused",
    arguments: [
      "", "frag", "60%", "frag 101%", "frag 60% free", "frag 60% hope 3%", "frag -1", "x 1",
      "recorded-churn 60%", "recorded-churn 60% trace", "frag 60% trace a.fltrace",
    ])
  func refused(_ text: String) { #expect(AgingRequest(text) == nil) }
}
