internal import MemoryUnits
internal import PageFrames
internal import Translation

/// What it took a program to look at every byte of a file once.
public struct ReadingCost: Hashable, Sendable {
  /// How: `read(2)` into a buffer, or `mmap`; and whether the file was in the page cache.
  public var way: String
  public var fileBytes = 0
  public var systemCalls: UInt64 = 0
  /// Bytes that the kernel copied to the program.
  public var bytesCopied: UInt64 = 0
  public var faults: UInt64 = 0
  public var majorFaults: UInt64 = 0
  /// Walks of the page tables, by program and kernel.
  public var tlbMisses: UInt64 = 0
  /// KiB read from the store.
  public var kibibytesRead: UInt64 = 0
  /// Page frames that the program's pages needed beside the page cache, at most.
  public var framesBesideCache = 0
  /// By the machine's cost table, without what the program itself does; what is read ahead is taken to
  /// arrive in time.
  public var nanoseconds: UInt64 = 0
  /// Of the bytes that the program saw.
  public var checksum: UInt64 = 0
}

extension ReadingCost: CustomStringConvertible {
  /// One line.
  public var description: String {
    "\(way): \(fileBytes) bytes, \(systemCalls) system calls, \(bytesCopied) bytes copied, "
      + "\(faults) faults (\(majorFaults) major), \(tlbMisses) TLB misses, "
      + "\(kibibytesRead) KiB read, \(framesBesideCache) frames beside the cache, "
      + "\(nanoseconds / 1000) us"
  }
}

extension Machine {
  /// The comparison of reading a file by copy with mapping it: each way in a machine that has just
  /// started, then once more with the file in the page cache.
  ///
  /// The program looks at each cache line of 64 bytes of the buffer, or of the mapping, in order.
  ///
  /// Errors: of the store; ENOMEM, EFAULT for a machine that is too small.
  public static func compareReading(
    of store: any FileStore, bufferPages: Int = 16, _ configuration: MachineConfiguration
  ) throws(Errno) -> [ReadingCost] {
    var rows: [ReadingCost] = []
    for isMapped in [false, true] {
      var machine = Machine(configuration)
      let task = try machine.spawn("reader")
      for cache in ["cold", "warm"] {
        let way = (isMapped ? "mmap" : "read \(bufferPages * 4) KiB") + ", " + cache
        let descriptor = try machine.open(task, store)
        rows.append(
          try machine.measure(task, way) { machine, cost throws(Errno) in
            if isMapped {
              try machine.readByMapping(task, descriptor, &cost)
            } else {
              try machine.readByCopy(task, descriptor, bufferPages, &cost)
            }
          })
      }
    }
    return rows
  }

  /// Runs one way of reading, and notes by how much the counters grew.
  private mutating func measure(
    _ task: TaskID, _ way: String,
    _ body: (inout Machine, inout ReadingCost) throws(Errno) -> Void
  ) throws(Errno) -> ReadingCost {
    var cost = ReadingCost(way: way)
    let before = counters
    let walks = tableWalks
    let start = clock
    try body(&self, &cost)
    cost.bytesCopied = counters.bytesCopiedByRead - before.bytesCopiedByRead
    cost.faults = counters.pgfault - before.pgfault
    cost.majorFaults = counters.pgmajfault - before.pgmajfault
    cost.kibibytesRead = counters.pgpgin - before.pgpgin
    cost.tlbMisses = tableWalks - walks
    cost.nanoseconds = clock - start
    return cost
  }

  private var tableWalks: UInt64 { cores.reduce(0) { $0 + UInt64($1.mmu.counters.walks) } }

  private mutating func readByCopy(
    _ task: TaskID, _ descriptor: Int32, _ bufferPages: Int, _ cost: inout ReadingCost
  ) throws(Errno) {
    let length = bufferPages << 12
    let buffer = try mmap(task, length: UInt64(length), .readWrite, [.private, .anonymous])
    try lseek(task, descriptor, 0)
    cost.systemCalls = 3
    while true {
      let count = try read(task, descriptor, buffer, count: length)
      cost.systemCalls += 1
      guard count > 0 else { break }
      cost.fileBytes += count
      cost.framesBesideCache = max(cost.framesBesideCache, (count + 4095) >> 12)
      try look(task, buffer, count, &cost)
    }
    try munmap(task, buffer, length: UInt64(length))
  }

  private mutating func readByMapping(
    _ task: TaskID, _ descriptor: Int32, _ cost: inout ReadingCost
  ) throws(Errno) {
    let size = try fstat(task, descriptor).size
    cost.systemCalls = 3
    guard size > 0 else { return }
    let address = try mmap(task, length: UInt64(size), .read, .private, descriptor: descriptor)
    cost.fileBytes = size
    try look(task, address, size, &cost)
    try munmap(task, address, length: UInt64(size))
  }

  /// The program's part.
  private mutating func look(
    _ task: TaskID, _ address: UInt64, _ count: Int, _ cost: inout ReadingCost
  ) throws(Errno) {
    var at = 0
    while at < count {
      let place = address + UInt64(at)
      let physical: UInt64
      do { physical = try touch(task, place, .read) } catch { throw .fault }
      for byte in 0..<UInt64(min(64, count - at)) {
        cost.checksum = cost.checksum &* 31 &+ UInt64(contents.byte(at: physical + byte))
      }
      at += 64
    }
  }
}
