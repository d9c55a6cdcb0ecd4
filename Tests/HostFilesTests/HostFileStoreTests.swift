import Foundation
import HostFiles
import LinuxHost
import Synchronization
import Testing
import VirtualMemory

@Suite("Host files in a machine")
struct HostFileStoreTests {
  let folder = NSTemporaryDirectory() + "framelab-files-\(UUID().uuidString)"

  init() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  private func write(_ name: String, _ bytes: [UInt8]) -> String {
    _ = FileManager.default.createFile(
      atPath: folder + "/" + name, contents: Data(bytes))
    return folder + "/" + name
  }

  private func bytes(_ path: String) -> [UInt8] {
    FileManager.default.contents(atPath: path).map { [UInt8]($0) } ?? []
  }

  @Test("bytes come from the host's file and go back to it")
  func both() throws {
    let old = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let path = write("both", old)
    var machine = Machine(MachineConfiguration(frameCount: 1024))
    let task = try machine.spawn()
    let file = try machine.open(task, HostFileStore(path, writable: true), .readWrite)
    let at = try machine.mmap(task, length: 12_288, .readWrite, .shared, descriptor: file)
    #expect(try machine.load(task, at, count: 10_000) == old)
    try machine.store(task, at + 5000, [1, 2, 3])
    #expect(try machine.pwrite(task, file, at, count: 2000, offset: 9000) == 2000)
    #expect(bytes(path) == old)
    try machine.fsync(task, file)
    var new = old[..<9000] + old[..<2000]
    new.replaceSubrange(5000..<5003, with: [1, 2, 3])
    #expect(bytes(path) == Array(new))
    try machine.ftruncate(task, file, 6000)
    #expect(bytes(path) == Array(new[..<6000]))
    machine.validate()
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test(
    "mmapcopy reproduces a file bit for bit, in a machine of twice its size and of a part of it",
    arguments: [2, 0.25])
  func copy(share: Double) throws {
    let length = ProcessInfo.processInfo.environment["FRAMELAB_LONG"] == nil ? 3_000_001 : 100 << 20
    var state: UInt64 = 1
    var old: [UInt8] = []
    old.reserveCapacity(length)
    while old.count < length {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      old.append(UInt8(truncatingIfNeeded: state >> 56))
    }
    let path = write("copy", old)
    let frames = max(256, Int(share * Double(length >> 12)))
    var machine = Machine(MachineConfiguration(frameCount: frames))
    let task = try machine.spawn()
    let file = try machine.open(task, HostFileStore(path))
    var copy: [UInt8] = []
    let count = try machine.mmapcopy(task, file) { copy += $0 }
    #expect(count == length)
    #expect(copy == old)
    #expect(machine.counters.bytesCopiedByRead == 0)
    #expect(machine.counters.pagesCopied == 0)
    #expect((machine.counters.pgscanKswapd + machine.counters.pgscanDirect > 0) == (share < 1))
    machine.validate()
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test("a file that is cut short under the machine is EIO to read and SIGBUS to a mapping")
  func cut() throws {
    let path = write("cut", [UInt8](repeating: 1, count: 20_000))
    var machine = Machine(MachineConfiguration(frameCount: 1024))
    let task = try machine.spawn()
    let file = try machine.open(task, HostFileStore(path))
    let at = try machine.mmap(task, length: 20_480, .read, .shared, descriptor: file)
    try machine.madvise(task, at, length: 20_480, .random)
    try machine.touch(task, at, .read)
    try #require(FileHandle(forWritingAtPath: path)).truncate(atOffset: 5000)
    #expect(throws: Signal(.busError, address: at + 4096)) {
      try machine.touch(task, at + 4096, .read)
    }
    let buffer = try machine.mmap(task, length: 8192, .readWrite, [.private, .anonymous])
    #expect(throws: Errno.inputOutput) {
      _ = try machine.pread(task, file, buffer, count: 10, offset: 16_000)
    }
    #expect(try machine.pread(task, file, buffer, count: 10, offset: 0) == 10)
    machine.validate()
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test("a full disk and a broken one are told by fsync, and the pages stay dirty")
  func full() throws {
    let disk = FullDisk([UInt8](repeating: 1, count: 8192))
    var machine = Machine(MachineConfiguration(frameCount: 1024))
    let task = try machine.spawn()
    let file = try machine.open(task, HostFileStore(disk), .readWrite)
    let at = try machine.mmap(task, length: 8192, .readWrite, .shared, descriptor: file)
    for code in [ENOSPC, EIO] as [Int32] {
      disk.code.withLock { $0 = code }
      try machine.store(task, at, [2])
      #expect(throws: Errno(rawValue: code)) { try machine.fsync(task, file) }
      #expect(throws: Errno(rawValue: code)) { try machine.ftruncate(task, file, 1) }
      #expect(try machine.fstat(task, file).dirtyPages == 1)
    }
    disk.code.withLock { $0 = 0 }
    try machine.fsync(task, file)
    #expect(try machine.fstat(task, file).dirtyPages == 0)
    machine.validate()
  }

  @Test("what is no readable file is refused by the host's own error")
  func refused() throws {
    #expect { try HostFileStore(folder) } throws: { "\($0)" == "\(folder): Is a directory" }
    #expect { try HostFileStore(folder + "/none") } throws: {
      ($0 as? HostFileError)?.code == ENOENT
    }
    #expect { try HostFileStore("/dev/null") } throws: { ($0 as? HostFileError)?.code == ENODEV }
    let path = write("created", [])
    let store = try HostFileStore(path)
    var machine = Machine(MachineConfiguration(frameCount: 1024))
    let task = try machine.spawn()
    #expect(throws: Errno.access) { _ = try machine.open(task, store, .readWrite) }
    try FileManager.default.removeItem(atPath: folder)
  }
}

/// A file whose writes fail with `code` unless that is 0.
private final class FullDisk: HostByteFile {
  let code = Mutex<Int32>(0)
  private let bytes: [UInt8]
  let isWritable = true

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func size() throws(HostFileError) -> Int { bytes.count }

  func read(at offset: Int, count: Int) throws(HostFileError) -> [UInt8] {
    Array(bytes[offset..<min(offset + count, bytes.count)])
  }

  func write(_ bytes: [UInt8], at offset: Int) throws(HostFileError) { try check() }
  func truncate(to size: Int) throws(HostFileError) { try check() }
  func sync() throws(HostFileError) { try check() }

  private func check() throws(HostFileError) {
    let code = code.withLock { $0 }
    if code != 0 { throw HostFileError(path: "disk", code: code) }
  }
}
