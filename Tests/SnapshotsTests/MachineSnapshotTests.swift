import Fragmentation
import MemoryUnits
import PageFrames
import Snapshots
import Testing
import TraceFormats
import VirtualMemory

@Suite("The frames of a simulated machine")
struct MachineSnapshotTests {
  @Test("say what each serves, whose page tables are in the way, and what reclaim would give")
  func machine() throws {
    var machine = Machine(MachineConfiguration(memory: ByteCount(32 << 20)))
    let task = try machine.spawn()
    let place = try machine.mmap(task, length: 1 << 20, .readWrite, [.private, .anonymous])
    for page in 0..<UInt64(100) { try machine.touch(task, place + page << 12, .write) }
    try machine.pin(task, place)
    var snapshot = machine.snapshot(origin: "a test")
    #expect(snapshot.zones.first?.owners.isEmpty == true)
    snapshot.nameOwners { frame in
      let owner = machine.owner(of: frame)
      return owner.state == .pageTable ? (owner.object == 0 ? "kernel" : "task") : nil
    }
    let zone = try #require(snapshot.zones.first)
    #expect(zone.states.count == 8192 && zone.watermarkLow == UInt64(machine.watermarks.low))
    func count(_ state: FrameState) -> Int { zone.states.count { $0 == state.rawValue } }
    #expect(count(.free) == machine.freeFrames && count(.movable) >= 99 && count(.pinned) == 1)
    #expect(Set(snapshot.ownerNames) == ["", "kernel", "task"])

    let answer = try #require(Availability(snapshot).zones.first)
    let areas = FreeAreas(blocks: machine.freeBlocksByOrder)
    for order in 3...10 { #expect(answer[Order(order)]?.now == areas.available(Order(order))) }
    let huge = try #require(answer[.huge])
    let tables = huge.blockers.first { $0.owner == "task" }
    #expect(tables?.kind == .pageTable && tables?.frames == UInt64(machine.tablePages(of: task)))
    #expect(huge.blockers.contains { $0.kind == .pinned && $0.frames == 1 })
  }

  @Test("piece by piece are the same as at once")
  func pieces() throws {
    var machine = Machine(MachineConfiguration(frameCount: 50_000, keepsContents: false))
    let task = try machine.spawn()
    _ = try machine.mmap(task, length: 60 << 20, .readWrite, [.private, .anonymous, .populate])
    var whole: [UInt8] = []
    machine.fillStates(&whole)
    for pinned in [false, true] {
      if pinned {
        let place = try machine.mmap(task, length: 4096, .readWrite, [.private, .anonymous])
        try machine.pin(task, place)
        machine.fillStates(&whole)
      }
      var pieces: [UInt8] = []
      machine.forEachStates { states, start in
        #expect(start.index == pieces.count)
        pieces += states
      }
      #expect(pieces == whole)
    }
  }
}
