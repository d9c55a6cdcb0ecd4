import Aging
import Foundation
import Fragmentation
import MemoryUnits

/// What `framelab age` says: what was asked, what was reached, and the difference.
struct AgeAnswer: Codable {
  struct Shares: Codable {
    var unusable_2mib: Double?
    var unmovable: Double?
    var free: Double?
  }

  struct Churn: Codable {
    var trace: String
    var passes: Int
    var programs: Int
    var pages_taken: Int
  }

  var method: String
  var seed: UInt64
  /// The allocator of the simulated machine, or `host`.
  var memory: String
  var memory_bytes: Int
  var asked: Shares
  var reached: Shares
  /// Reached less asked.
  var error: Shares
  var kept_frames: Int
  var unmovable_frames: Int
  var spoiled_blocks: Int
  var kept_frames_per_spoiled_block: Int?
  var full_blocks: Int
  /// Of recorded churn alone.
  var churn: Churn?
  var free_frames: UInt64
  var free_blocks_by_order: [UInt64]
  var huge_pages_now: UInt64?
  var huge_pages_ideal: UInt64
  var caveats: [String] = []

  /// `memory` of an answer about this host.
  static let host = "host"
  static let withoutFrames =
    "frame numbers need root: 2 MiB of addresses stood for blocks, so the index is missed"

  /// What a person should know who got another index than asked for.
  var missed: String? {
    guard let error = error.unusable_2mib, abs(error) > 0.01 else { return nil }
    if let churn {
      return "the index is missed: \(churn.passes) passes came no nearer; choose another --seed, "
        + "--free or --trace, or more --memory"
    }
    return error < 0
      ? "too little of what is free was taken to spoil so much of it; choose more --memory"
      : "what others hold spoils more than was asked for; choose more --memory"
  }

  /// - Parameter trace: the path of the recording of recorded churn.
  init(_ report: AgingReport, memory: String, trace: String? = nil) {
    method = report.method.rawValue
    seed = report.seed
    self.memory = memory
    memory_bytes = report.frameCount << 12
    asked = Shares(
      unusable_2mib: report.goal.unusable, unmovable: report.goal.unmovable,
      free: report.goal.free)
    reached = Shares(
      unusable_2mib: report.unusable, unmovable: report.unmovable, free: report.free)
    error = Shares(
      unusable_2mib: report.unusable.map { $0 - report.goal.unusable },
      unmovable: report.unmovable - report.goal.unmovable,
      free: report.goal.free.map { report.free - $0 })
    kept_frames = report.keptFrames
    unmovable_frames = report.pinnedFrames
    spoiled_blocks = report.spoiledBlocks
    kept_frames_per_spoiled_block = report.method.keptPerBlock
    full_blocks = report.fullBlocks
    churn = report.churn.map {
      Churn(
        trace: trace ?? "", passes: $0.passes, programs: $0.programs, pages_taken: $0.pagesTaken)
    }
    free_frames = report.freeAreas.freeFrames
    free_blocks_by_order = report.freeAreas.blocks
    huge_pages_now = report.freeAreas.available(.huge)
    huge_pages_ideal = report.freeAreas.ideal(.huge)
  }
}

extension AgeAnswer {
  /// The answer first, then the table behind it.
  var text: String {
    let size = ByteCount(memory_bytes).rounded
    let free = ByteCount(Int(free_frames) << 12).rounded
    let place = memory == Self.host ? "this host (\(size))" : "\(size) under \(memory)"
    var lines = [
      "\(place), aged by \(method), seed \(seed).",
      "Of \(free) that are free, \(TraceReport.grouped(Int(huge_pages_now ?? 0))) pages of 2 MiB "
        + "can be had now; together they would be \(TraceReport.grouped(Int(huge_pages_ideal))).",
      "",
      Self.row("", "asked", "reached", "error"),
      Self.row("unusable for 2 MiB", asked.unusable_2mib, reached.unusable_2mib),
      Self.row("unmovable, of what is kept", asked.unmovable, reached.unmovable),
      Self.row("free, of all memory", asked.free, reached.free), "",
      blockWords,
      "\(TraceReport.grouped(kept_frames)) pages are kept in all, "
        + "\(TraceReport.grouped(unmovable_frames)) of them "
        + (memory == Self.host ? "locked by mlock." : "pinned."),
      "", "free blocks, order 0 to \(free_blocks_by_order.count - 1):",
    ]
    lines.append(free_blocks_by_order.map { String($0) }.joined(separator: " "))
    lines += (caveats + [missed].compactMap(\.self)).map { "note: \($0)" }
    return lines.joined(separator: "\n")
  }

  private var blockWords: String {
    let spoiled = TraceReport.grouped(spoiled_blocks)
    let full = TraceReport.grouped(full_blocks)
    if let kept_frames_per_spoiled_block {
      return "\(spoiled) blocks of 2 MiB keep \(kept_frames_per_spoiled_block) of their 512 pages, "
        + "\(full) stay full."
    }
    guard let churn else { return "" }
    return """
      \(TraceReport.grouped(churn.programs)) \(churn.programs == 1 ? "program" : "programs") of \(churn.trace) took \
      \(TraceReport.grouped(churn.pages_taken)) pages in \(churn.passes) \
      \(churn.passes == 1 ? "pass" : "passes").
      \(spoiled) blocks of 2 MiB are in use in part, \(full) wholly.
      """
  }

  private static func row(_ name: String, _ asked: Double?, _ reached: Double?) -> String {
    func percent(_ share: Double?, signed: Bool = false) -> String {
      guard let share else { return "-" }
      // Rounded first, or a small error below zero is printed as -0.00.
      let rounded = (10_000 * share).rounded() / 100 + 0
      return String(format: signed ? "%+.2f %%" : "%.2f %%", rounded)
    }
    let error = asked.flatMap { asked in reached.map { $0 - asked } }
    return row(name, percent(asked), percent(reached), percent(error, signed: true))
  }

  private static func row(_ name: String, _ columns: String...) -> String {
    columns.reduce(name.padded(to: 28)) { $0 + $1.padded(to: 12, right: true) }
  }
}
