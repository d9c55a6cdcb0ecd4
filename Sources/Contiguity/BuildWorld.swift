internal import Fragmentation
internal import MemoryUnits
internal import PageFrames
internal import VirtualMemory

/// The machine of a `BuildMix`, and what lives in it.
struct BuildWorld: ~Copyable {
  var machine: Machine
  private let plan: BuildMix
  private var generator: SplitMix64
  private let fileNames: [String]
  /// Frames of dentries and inodes.
  private var slabs: [FrameNumber] = []
  private let slabLimit: Int

  init(_ plan: BuildMix) throws(Errno) {
    var generator = SplitMix64(seed: plan.seed)
    let names = (0..<plan.fileCount).map { "f\($0)" }
    let machine = try Self.machine(plan, names, &generator)
    self.plan = plan
    self.generator = generator
    fileNames = names
    slabLimit = Int(plan.slabShare * Double(plan.configuration.frameCount))
    // Last: what throws may not leave a machine that is half initialised.
    self.machine = machine
  }

  /// A machine with all files, none of them read yet.
  private static func machine(
    _ plan: BuildMix, _ names: [String], _ generator: inout SplitMix64
  ) throws(Errno) -> Machine {
    var machine = Machine(plan.configuration)
    for name in names {
      let pages = 1 + Int(generator.next(upperBound: UInt64(plan.filePages)))
      _ = try machine.addFile(name, BlankFileStore(pages: pages))
    }
    return machine
  }

  // MARK: Files

  /// Reads all files: memory is full then.
  mutating func fillPageCache() throws(Errno) {
    let task = try machine.spawn("read")
    let buffer = try mapBuffer(task)
    for file in fileNames { try read(file, task, buffer) }
    machine.exit(task)
  }

  /// Reads files until hardly more is free than what the background reclaimer keeps free.
  mutating func readFiles() throws(Errno) {
    let high = machine.watermarks.high
    let task = try machine.spawn("read")
    let buffer = try mapBuffer(task)
    // Where the reclaimer is ahead of the reader, memory is as full as it gets.
    for _ in 0..<(2 * plan.fileCount) where machine.freeFrames > high + high / 8 {
      try read(randomFile(), task, buffer)
    }
    machine.exit(task)
  }

  private mutating func randomFile() -> String {
    fileNames[Int(generator.next(upperBound: UInt64(fileNames.count)))]
  }

  /// Reads a file by read(2), through the page cache.
  private mutating func read(_ file: String, _ task: TaskID, _ buffer: UInt64) throws(Errno) {
    let descriptor = try machine.open(task, file)
    while try machine.read(task, descriptor, buffer, count: Self.bufferBytes) > 0 {}
    try machine.close(task, descriptor)
  }

  private static var bufferBytes: Int { 64 << 10 }

  private mutating func mapBuffer(_ task: TaskID) throws(Errno) -> UInt64 {
    try machine.mmap(
      task, length: UInt64(Self.bufferBytes), [.read, .write], [.private, .anonymous])
  }

  // MARK: Build

  /// A job under way.
  private struct Job {
    var task: TaskID
    var buffer: UInt64
    /// Pages that it has yet to touch.
    var pages: Range<UInt64>
    var filesLeft: Int
    /// What the kernel has for it.
    var frames: [FrameNumber] = []
  }

  /// All jobs of a round, some at a time, in small steps.
  mutating func build() throws(Errno) {
    var running: [Job] = []
    var left = plan.jobs
    while left > 0 || !running.isEmpty {
      while running.count < plan.jobsAtATime, left > 0 {
        running.append(try start())
        left -= 1
      }
      let index = Int(generator.next(upperBound: UInt64(running.count)))
      var job = running[index]
      if try step(&job) {
        running[index] = job
      } else {
        end(job)
        running.remove(at: index)
      }
    }
  }

  private mutating func start() throws(Errno) -> Job {
    let task = try machine.spawn("cc")
    let pages = (2 + generator.next(upperBound: 14)) << 8
    let place = try machine.mmap(
      task, length: pages << 12, [.read, .write], [.private, .anonymous])
    return Job(
      task: task, buffer: try mapBuffer(task), pages: place >> 12..<(place >> 12) + pages,
      filesLeft: 10 + Int(generator.next(upperBound: 30)))
  }

  /// Takes some memory, and sometimes reads a file; false when the job has nothing left to do.
  private mutating func step(_ job: inout Job) throws(Errno) -> Bool {
    let pages = min(1 + generator.next(upperBound: 16), UInt64(job.pages.count))
    let range = PageRange(start: Int(job.pages.lowerBound), count: Int(pages))
    guard case .resident = machine.touch(job.task, range) else { throw .noMemory }
    job.pages = job.pages.lowerBound + pages..<job.pages.upperBound
    if job.filesLeft > 0, generator.next(upperBound: 8) == 0 {
      job.filesLeft -= 1
      try read(randomFile(), job.task, job.buffer)
      for _ in 0..<plan.slabFrames { try takeSlab() }
      if generator.next(upperBound: 2) == 0 { job.frames.append(try machine.allocateKernelBlock()) }
    }
    return !job.pages.isEmpty || job.filesLeft > 0
  }

  /// The job ends; one in twenty of the kernel's frames stays for good.
  private mutating func end(_ job: Job) {
    for frame in job.frames where generator.next(upperBound: 20) != 0 {
      machine.freeKernelBlock(frame)
    }
    machine.exit(job.task)
  }

  // MARK: Slabs

  /// A frame of dentries or inodes comes; once there are enough, a random one goes.
  private mutating func takeSlab() throws(Errno) {
    slabs.append(try machine.allocateKernelBlock(reclaimable: true))
    if slabs.count > slabLimit { dropSlab() }
  }

  private mutating func dropSlab() {
    let index = Int(generator.next(upperBound: UInt64(slabs.count)))
    slabs.swapAt(index, slabs.count - 1)
    machine.freeKernelBlock(slabs.removeLast())
  }

  /// Half of them go, here and there.
  mutating func shrinkSlabs() {
    for _ in 0..<(slabs.count / 2) { dropSlab() }
  }

  // MARK: Bursts

  /// A task takes huge pages and ends.
  mutating func takeHugePages() throws(Errno) -> (wanted: Int, obtained: Int) {
    let before = machine.counters.thpFaultAlloc
    let task = try machine.spawn("huge")
    let blocks = Int(plan.burst * Double(machine.frameCount)) / Order.huge.frameCount
    let start = try machine.mapAligned(task, pages: blocks << 9, .hugePage)
    for block in 0..<UInt64(blocks) {
      machine.wait(plan.pause)
      do {
        try machine.touch(task, start + (block << 21), .write)
      } catch {
        throw .noMemory
      }
    }
    let obtained = Int(machine.counters.thpFaultAlloc - before)
    machine.exit(task)
    return (blocks, obtained)
  }

  /// Blocks of 2 MiB with a frame that cannot move, and those that have pages that can move beside it,
  /// as shares of all.
  var spoiledShares: (spoiled: Double, mixed: Double) {
    var states: [UInt8] = []
    machine.fillStates(&states)
    let blocking = Set(FrameState.allCases.filter(\.isBlocking).map(\.rawValue))
    let movable = Set(
      FrameState.allCases.filter { !$0.isBlocking && !$0.isFree }.map(\.rawValue))
    let size = Order.huge.frameCount
    let starts = Array(stride(from: 0, to: states.count, by: size))
    var spoiled = 0
    var mixed = 0
    for start in starts {
      let block = states[start..<min(start + size, states.count)]
      guard block.contains(where: blocking.contains) else { continue }
      spoiled += 1
      if block.contains(where: movable.contains) { mixed += 1 }
    }
    return (Double(spoiled) / Double(starts.count), Double(mixed) / Double(starts.count))
  }
}
