/// One thing that a process does to its memory. What the fields mean for each kind stands in
/// Sources/VMOracle/oracle.h; addresses are absolute.
struct Operation: Hashable, Sendable {
  enum Kind: UInt8, CaseIterable, Sendable {
    case nothing, mmap, munmap, mprotect, mremap, madvise, mlock, munlock, msync
    case read, write, fork, end, sweep, fileWrite, truncate, mincore, brk
  }

  var kind: Kind
  var process: UInt8 = 0
  var protection: UInt8 = 0
  /// 0 for none, else the number of a file from 1 on.
  var file: UInt8 = 0
  var flags: UInt32 = 0
  var address: UInt64 = 0
  var length: UInt64 = 0
  var other: UInt64 = 0
  var otherLength: UInt64 = 0
}

/// What one test runs in both worlds.
struct OperationSequence: Sendable {
  static let files = 2
  static let base: UInt64 = 0x10_0000_0000

  var seed: UInt64
  var pages: Int
  /// Lengths of the files at the beginning.
  var fileBytes: [UInt64]
  /// Where the heap begins, in bytes; 0 for none.
  var heap: UInt64 = 0
  var operations: [Operation]

  var base: UInt64 { Self.base }
  var end: UInt64 { base + UInt64(pages) * Linux.pageBytes }

  /// Whether no file becomes shorter or longer: then all its pages are in the page cache throughout.
  var keepsFileLengths: Bool {
    !operations.contains { operation in
      operation.kind == .truncate
        || (operation.kind == .fileWrite
          && operation.address >= fileBytes[Int(operation.file) - 1])
    }
  }

  /// Content of file 0 or 1 at a byte: Sources/VMOracle/oracle.h has the same rule.
  static func fileByte(_ file: Int, _ at: Int) -> UInt8 {
    let (page, offset) = (at / 4096, at % 4096)
    return UInt8(1 + (page * 31 + offset * 7 + offset / 256 + file * 101) % 255)
  }

  /// Where in a page operations touch it and an answer shows it.
  static let sampleOffsets = [0, 1000, 2048, 4095]
}
