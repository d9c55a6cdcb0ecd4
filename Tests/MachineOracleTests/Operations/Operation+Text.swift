/// Operations as lines of a script: addresses in pages from the beginning of the range.
extension Operation {
  /// `17`, `17+1000` for a byte of a page, hexadecimal where the address is far from the range.
  static func place(_ address: UInt64) -> String {
    let base = OperationSequence.base
    guard address >= base - 256 * 4096, address < base + 4096 * 4096 else {
      return "0x" + String(address, radix: 16)
    }
    let distance = Int64(address) - Int64(base)
    let (page, offset) = (distance >> 12, distance & 4095)
    return offset == 0 ? "\(page)" : "\(page)+\(offset)"
  }

  static func size(_ bytes: UInt64) -> String {
    if bytes > 1 << 30 { return "0x" + String(bytes, radix: 16) }
    return bytes % 4096 == 0 ? "\(bytes / 4096)" : "\(bytes / 4096)+\(bytes % 4096)"
  }

  static func permissions(_ bits: UInt8) -> String {
    let letters = zip("rwx", [UInt8(1), 2, 4]).map { bits & $1 != 0 ? $0 : "-" }
    return String(letters) + (bits & ~7 != 0 ? "+\(bits & ~7)" : "")
  }

  static func words(_ flags: UInt32, _ names: [(UInt32, String)]) -> String {
    var rest = flags
    var words: [String] = []
    for (bit, name) in names where rest & bit == bit {
      words.append(name)
      rest &= ~bit
    }
    if rest != 0 || words.isEmpty { words.append("0x" + String(rest, radix: 16)) }
    return words.joined(separator: "|")
  }

  private static let mapNames: [(UInt32, String)] = [
    (3, "SHARED_VALIDATE"), (1, "SHARED"), (2, "PRIVATE"), (0x10, "FIXED"), (0x20, "ANONYMOUS"),
    (0x100, "GROWSDOWN"), (0x2000, "LOCKED"), (0x4000, "NORESERVE"), (0x8000, "POPULATE"),
    (0x10_0000, "FIXED_NOREPLACE"),
  ]
  private static let remapNames: [(UInt32, String)] = [
    (1, "MAYMOVE"), (2, "FIXED"), (4, "DONTUNMAP"),
  ]
  private static let adviceNames: [UInt32: String] = [
    0: "NORMAL", 1: "RANDOM", 2: "SEQUENTIAL", 3: "WILLNEED", 4: "DONTNEED", 8: "FREE",
    9: "REMOVE", 10: "DONTFORK", 11: "DOFORK", 14: "HUGEPAGE", 15: "NOHUGEPAGE", 16: "DONTDUMP",
    17: "DODUMP", 18: "WIPEONFORK", 19: "KEEPONFORK", 20: "COLD", 21: "PAGEOUT",
    22: "POPULATE_READ",
    23: "POPULATE_WRITE", 24: "DONTNEED_LOCKED",
  ]

  /// One line, process first.
  var text: String {
    let range = "\(Self.place(address)) \(Self.size(length))"
    let body =
      switch kind {
      case .nothing: "look"
      case .mmap:
        "mmap \(range) \(Self.permissions(protection)) \(Self.words(flags, Self.mapNames))"
          + (file == 0 ? "" : " file \(file)") + (other == 0 ? "" : " offset \(Self.size(other))")
      case .munmap: "munmap \(range)"
      case .mprotect: "mprotect \(range) \(Self.permissions(protection))"
      case .mremap:
        "mremap \(range) to \(Self.size(otherLength)) \(Self.words(flags, Self.remapNames))"
          + " at \(Self.place(other))"
      case .madvise: "madvise \(range) \(Self.adviceNames[flags] ?? "advice \(flags)")"
      case .mlock: "mlock \(range)" + (flags == 0 ? "" : " flags \(flags)")
      case .munlock: "munlock \(range)"
      case .msync:
        "msync \(range) " + Self.words(flags, [(1, "ASYNC"), (2, "INVALIDATE"), (4, "SYNC")])
      case .read: "read \(Self.place(address))"
      case .write: "write \(Self.place(address)) \(flags)"
      case .fork: "fork process \(other)"
      case .end: "end process \(other)"
      case .sweep: "read all"
      case .fileWrite: "pwrite file \(file) byte \(address) \(flags)"
      case .truncate: "ftruncate file \(file) to \(Self.size(length))"
      case .mincore: "mincore \(range)"
      case .brk: "brk \(Self.place(address))"
      }
    return "[\(process)] \(body)"
  }
}
