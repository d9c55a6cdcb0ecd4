import Synchronization
import VirtualMemory

/// `count` bytes that differ from page to page and within a page.
func pattern(_ count: Int, seed: UInt8 = 1) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 12 &* 13) &+ seed }
}

/// A file in memory that fails when it is told to.
final class FailingStore: FileStore {
  private let memory: MemoryFileStore
  private let failures = Mutex<(read: Errno?, write: Errno?)>((nil, nil))
  let isWritable: Bool

  init(_ bytes: [UInt8], isWritable: Bool = true) {
    memory = MemoryFileStore(bytes)
    self.isWritable = isWritable
  }

  var contents: [UInt8] { memory.contents }
  var size: Int { memory.size }

  func fail(reading read: Errno? = nil, writing write: Errno? = nil) {
    failures.withLock { $0 = (read, write) }
  }

  func readPage(_ index: Int) throws(Errno) -> [UInt8] {
    if let error = failures.withLock({ $0.read }) { throw error }
    return try memory.readPage(index)
  }

  func writePage(_ index: Int, _ bytes: [UInt8]) throws(Errno) {
    if let error = failures.withLock({ $0.write }) { throw error }
    try memory.writePage(index, bytes)
  }

  func resize(_ size: Int) throws(Errno) {
    if let error = failures.withLock({ $0.write }) { throw error }
    try memory.resize(size)
  }
}

/// The task of `machineWithBuffer`, and its buffer of private memory.
let firstTask = TaskID(rawValue: 1)
let firstBuffer: UInt64 = 0x7000_0000_0000

func machineWithBuffer(
  frames: Int = 4096, pages: UInt64 = 64, _ change: (inout MachineConfiguration) -> Void = { _ in }
) throws -> Machine {
  var configuration = MachineConfiguration(frameCount: frames)
  change(&configuration)
  var machine = Machine(configuration)
  let task = try machine.spawn()
  try machine.mmap(
    task, at: firstBuffer, length: pages << 12, .readWrite, [.private, .anonymous, .fixed])
  return machine
}
