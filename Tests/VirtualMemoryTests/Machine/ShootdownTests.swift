import MemoryUnits
import Testing
import VirtualMemory

/// Threads of one process on cores 0, 1 and 2, all of which have just read two pages; core 3 runs
/// another process.
private struct Scene: ~Copyable {
  var machine: Machine
  let threads: [TaskID]
  let address: UInt64

  init(hasPCID: Bool = true) throws {
    var configuration = MachineConfiguration(frameCount: 1024, coreCount: 4)
    configuration.hasPCID = hasPCID
    var machine = Machine(configuration)
    let first = try machine.spawn()
    let threads = [first, try machine.clone(first), try machine.clone(first)]
    let address = try machine.mmap(first, length: 8192, .readWrite, [.private, .anonymous])
    for (core, thread) in threads.enumerated() {
      machine.run(thread, on: core)
      try machine.store(thread, address, [1])
      try machine.store(thread, address + 4096, [2])
    }
    machine.run(try machine.spawn(), on: 3)
    machine.currentCore(0)
    self.threads = threads
    self.address = address
    self.machine = machine
  }
}

@Suite("Machine: shootdown")
struct ShootdownTests {
  @Test("the seven steps in their order, and no frame is free before the last of them")
  func order() throws {
    var scene = try Scene()
    scene.machine.recordEvents(true)
    try scene.machine.munmap(scene.threads[0], scene.address, length: 8192)
    let events = scene.machine.takeEvents()
    let steps = events.compactMap { event -> MachineEvent.ShootdownStep? in
      if case .shootdown(let step) = event.kind { step } else { nil }
    }
    let page = Int(scene.address >> 12)
    var targets = CoreSet()
    targets.insert(1)
    targets.insert(2)
    #expect(
      steps == [
        .entryChanged(page: page, count: 2), .targetsFound(targets), .interruptSent(to: 1),
        .interruptSent(to: 2), .localInvalidated, .handlerInvalidated(core: 1),
        .acknowledged(core: 1), .handlerInvalidated(core: 2), .acknowledged(core: 2), .completed,
      ])
    let completed = try #require(events.firstIndex { $0.kind == .shootdown(.completed) })
    let freed = events.indices.filter {
      if case .frameFreed = events[$0].kind { true } else { false }
    }
    #expect(freed.count >= 2 && freed.allSatisfy { $0 > completed })
    #expect(scene.machine.counters.tlbRemoteFlush == 2)
    #expect(scene.machine.counters.tlbRemoteFlushReceived == 2)
    scene.machine.validate()
  }

  @Test("until a core acknowledges, it still uses what its TLB holds")
  func window() throws {
    var scene = try Scene()
    let space = try #require(scene.machine.task(scene.threads[0])?.space)
    let page = PageRange(start: Int(scene.address >> 12), count: 1)
    let held = scene.machine.cachedFrame(scene.address, core: 2)
    #expect(held != nil)
    var shootdown = scene.machine.beginShootdown(space, page)
    #expect(scene.machine.cachedFrame(scene.address, core: 0) == nil)
    #expect(scene.machine.cachedFrame(scene.address, core: 2) == held)
    scene.machine.acknowledge(&shootdown, 1)
    #expect(scene.machine.cachedFrame(scene.address, core: 2) == held)
    scene.machine.acknowledge(&shootdown, 2)
    #expect(scene.machine.cachedFrame(scene.address, core: 2) == nil)
    scene.machine.complete(shootdown)
    scene.machine.validate()
  }

  @Test("an idle core is not interrupted for pages, and is right when it goes on")
  func lazy() throws {
    var scene = try Scene()
    scene.machine.run(nil, on: 2)
    scene.machine.currentCore(0)
    try scene.machine.mprotect(scene.threads[0], scene.address, length: 4096, .read)
    #expect(scene.machine.counters.tlbRemoteFlush == 1)
    scene.machine.run(scene.threads[2], on: 2)
    #expect(throws: Signal(.segmentationNoRight, address: scene.address)) {
      try scene.machine.touch(scene.threads[2], scene.address, .write)
    }
    scene.machine.validate()
  }

  @Test("with PCIDs an address space finds its translations again", arguments: [true, false])
  func switching(hasPCID: Bool) throws {
    var scene = try Scene(hasPCID: hasPCID)
    let other = try scene.machine.spawn()
    scene.machine.run(other, on: 0)
    scene.machine.run(scene.threads[0], on: 0)
    #expect((scene.machine.cachedFrame(scene.address, core: 0) != nil) == hasPCID)
    scene.machine.run(other, on: 0)
    // A change while it is away must be seen.
    try scene.machine.munmap(scene.threads[1], scene.address, length: 4096)
    scene.machine.run(scene.threads[0], on: 0)
    #expect(scene.machine.cachedFrame(scene.address, core: 0) == nil)
    scene.machine.validate()
  }
}
