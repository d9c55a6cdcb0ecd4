import Aging
import Foundation
import Fragmentation
import MemoryUnits
import PageFrames
import Testing
import TraceFormats
import VirtualMemory

@Suite("Recorded churn through machines and frames")
struct RecordedChurnTests {
  /// A recording of the repository.
  static func path(_ name: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Workloads/\(name).fltrace").path
  }

  static func load(_ name: String, frames: Int = 1 << 15) throws -> RecordedChurn {
    try RecordedChurn.load(path: path(name), filling: frames).churn
  }

  private static func trace(_ records: [HeapRecord], slots: Int) -> HeapTrace {
    HeapTrace(records: records, slotCount: slots, threadCount: 1, spanNs: 1, origin: "rep")
  }

  @Test("small objects share a page, large ones have pages of their own")
  func pages() throws {
    let trace = Self.trace(
      [
        HeapRecord(.allocate, slot: 0, size: 2000), HeapRecord(.allocate, slot: 1, size: 1500),
        HeapRecord(.allocate, slot: 2, size: 2048), HeapRecord(.map, slot: 3, size: 513 << 12),
        HeapRecord(.free, slot: 0), HeapRecord(.reallocate, slot: 1, size: 4097),
        HeapRecord(.unmap, slot: 3), HeapRecord(.free, slot: 1), HeapRecord(.free, slot: 2),
      ], slots: 4)
    let churn = try #require(RecordedChurn(trace))
    let expected = [
      (0, 1), (1, 1), (2, 512), (3, 1), (4, 2), (0, 0), (2, 0), (3, 0), (4, 0), (1, 0),
    ]
    #expect(churn.steps == expected.map { RecordedChurn.Step($0.0, pages: $0.1) })
  }

  @Test(
    "a recording reaches the index in every kind of machine",
    arguments: MachineConfiguration.Allocator.allCases)
  func machine(_ allocator: MachineConfiguration.Allocator) throws {
    let churn = try Self.load("perl-index")
    for asked in [0.3, 0.8] {
      var machine = Machine(
        MachineConfiguration(
          frameCount: 1 << 15, allocator: allocator, coreCount: 2, keepsContents: false))
      let goal = AgingGoal(unusable: asked, unmovable: 0.1, free: 0.4)
      let report = try machine.age(by: churn, goal, seed: 7)
      machine.validate()
      let note: Comment = "\(allocator), asked \(asked): \(report)"
      // A block is 4 % of what is free.
      #expect(abs(try #require(report.unusable) - asked) < 0.08, note)
      #expect(abs(report.free - 0.4) < 0.02, note)
      #expect(abs(report.unmovable - 0.1) < 0.001, note)
      #expect(Int(report.freeAreas.freeFrames) == machine.freeFrames)
      var states: [UInt8] = []
      machine.fillStates(&states)
      #expect(states.count { $0 == FrameState.pinned.rawValue } == report.pinnedFrames)
    }
  }

  @Test("the same seed gives the same memory, another seed another")
  func seeds() throws {
    let churn = try Self.load("git-repack")
    let all = try ([1, 1, 2] as [UInt64]).map { seed in
      var machine = Machine(MachineConfiguration(frameCount: 1 << 14, keepsContents: false))
      _ = try machine.age(by: churn, AgingGoal(unusable: 0.6, unmovable: 0.2), seed: seed)
      var states: [UInt8] = []
      machine.fillStates(&states)
      return states
    }
    #expect(all[0] == all[1])
    #expect(all[0] != all[2])
  }

  @Test("frames without a machine reach the index too")
  func plainMemory() throws {
    let churn = try Self.load("perl-index", frames: 1 << 16)
    let goal = AgingGoal(unusable: 0.5, unmovable: 0.5, free: 0.5)
    var list = ListBuddyMemory(frameCount: 1 << 16)
    var linux = LinuxBuddyMemory(frameCount: 1 << 16)
    for report in [list.age(by: churn, goal, seed: 11), linux.age(by: churn, goal, seed: 11)] {
      #expect(abs(try #require(report.unusable) - 0.5) < 0.04, "\(report)")
      #expect(abs(report.free - 0.5) < 0.02, "\(report)")
      #expect(abs(report.unmovable - 0.5) < 0.001, "\(report)")
    }
    list.zone.allocator.validate()
    linux.zone.allocator.validate()
  }

  @Test("what is no use to age memory with is refused in one line that names it")
  func refused() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "churn-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let empty = folder.appending(path: "empty.fltrace").path
    try Self.trace([], slots: 0).write(to: empty)
    let tiny = folder.appending(path: "tiny.fltrace").path
    try Self.trace(
      [HeapRecord(.allocate, slot: 0, size: 8), HeapRecord(.free, slot: 0)], slots: 1
    ).write(to: tiny)
    let damaged = folder.appending(path: "damaged.fltrace").path
    try Data(repeating: 7, count: 100).write(to: URL(filePath: damaged))
    for (path, word) in [
      (empty, "no allocations"), (tiny, "too few to fill"), (damaged, "damaged.fltrace"),
      (folder.appending(path: "none.fltrace").path, "none.fltrace"),
    ] {
      let error = #expect(throws: TraceError.self, "\(path)") {
        try RecordedChurn.load(path: path, filling: 1 << 15)
      }
      let text = error?.description ?? ""
      #expect(text.contains(word) && !text.contains("\n"), "\(text)")
    }
  }

  @Test("a machine that is too small is refused")
  func tooSmall() throws {
    let churn = try Self.load("git-repack")
    var machine = Machine(MachineConfiguration(frameCount: 512, keepsContents: false))
    #expect(throws: Errno.noMemory) {
      try machine.age(by: churn, AgingGoal(unusable: 0.5), seed: 1)
    }
  }
}
