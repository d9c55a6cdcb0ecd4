extension ElfImage {
  /// Reads the headers of a whole file.
  public init(_ file: [UInt8]) throws(ElfError) {
    try self.init(size: file.count) { offset, count throws(ElfError) in
      Array(file[offset..<offset + count])
    }
  }

  /// Reads the headers.
  /// - Parameters:
  ///   - size: of the file, in bytes.
  ///   - read: gives bytes of the file, from an offset, so many; only bytes that it has are asked for.
  init(size: Int, read: (Int, Int) throws(ElfError) -> [UInt8]) throws(ElfError) {
    guard size >= 64 else { throw ElfError("not an ELF file: only \(size) bytes") }
    let header = ElfWords(try read(0, 64))
    try Self.check(header)
    isRelocatable = header.half(16) == 3
    entry = header.word(24)
    headerOffset = header.word(32)
    headerCount = Int(header.half(56))
    guard header.half(54) == 56 else {
      throw ElfError("program headers of \(header.half(54)) bytes, not of 56")
    }
    // Linux reads at most 64 KiB of them.
    guard 1...1170 ~= headerCount else {
      throw ElfError("\(headerCount) program headers, not 1 to 1170")
    }
    guard headerOffset <= UInt64(size), UInt64(headerCount) * 56 <= UInt64(size) - headerOffset
    else { throw ElfError("the program headers lie beyond the end of the file") }
    segments = []
    interpreter = nil
    // As Linux has it on x86-64 for files without PT_GNU_STACK.
    stackIsExecutable = false
    let table = ElfWords(try read(Int(headerOffset), headerCount * 56))
    for index in 0..<headerCount { try add(table, index, size, read) }
    guard !segments.isEmpty else { throw ElfError("nothing to load: no PT_LOAD header") }
  }

  private static func check(_ header: ElfWords) throws(ElfError) {
    guard header.bytes[..<4] == [0x7f, 0x45, 0x4c, 0x46] else { throw ElfError("not an ELF file") }
    guard header.bytes[4] == 2 else { throw ElfError("not a 64-bit ELF file") }
    guard header.bytes[5] == 1 else { throw ElfError("not a little-endian ELF file") }
    guard header.bytes[6] == 1, header.half(20) == 1 else {
      throw ElfError("not version 1 of ELF")
    }
    guard 2...3 ~= header.half(16) else {
      throw ElfError("an ELF file of type \(header.half(16)), neither program nor library")
    }
    guard header.half(18) == 62 else {
      throw ElfError("for machine \(header.half(18)), not for x86-64 (62)")
    }
  }

  private mutating func add(
    _ table: ElfWords, _ index: Int, _ size: Int, _ read: (Int, Int) throws(ElfError) -> [UInt8]
  ) throws(ElfError) {
    let at = index * 56
    let flags = table.half(at + 4)
    let offset = table.word(at + 8)
    let fileBytes = table.word(at + 32)
    switch table.word(at) & 0xffff_ffff {
    case 1 where table.word(at + 40) > 0:
      let segment = Segment(
        offset: offset, address: table.word(at + 16), fileBytes: fileBytes,
        memoryBytes: table.word(at + 40), rights: Self.rights(flags), alignment: table.word(at + 48)
      )
      try check(segment, index, size)
      segments.append(segment)
    case 3:
      guard interpreter == nil else { throw ElfError("two PT_INTERP headers") }
      guard 2...4096 ~= fileBytes, offset <= UInt64(size), fileBytes <= UInt64(size) - offset else {
        throw ElfError("program header \(index): no path of an interpreter")
      }
      let path = try read(Int(offset), Int(fileBytes))
      guard path.firstIndex(of: 0) == path.count - 1,
        let text = String(validating: path.dropLast(), as: UTF8.self)
      else { throw ElfError("program header \(index): the interpreter's path does not end") }
      interpreter = text
    case 0x6474_e551: stackIsExecutable = flags & 1 != 0
    default: break
    }
  }

  private static func rights(_ flags: UInt16) -> Protection {
    var rights: Protection = []
    if flags & 4 != 0 { rights.insert(.read) }
    if flags & 2 != 0 { rights.insert(.write) }
    if flags & 1 != 0 { rights.insert(.execute) }
    return rights
  }

  private func check(_ segment: Segment, _ index: Int, _ size: Int) throws(ElfError) {
    func fail(_ what: String) -> ElfError { ElfError("program header \(index): \(what)") }
    guard segment.fileBytes <= segment.memoryBytes else {
      throw fail("more bytes in the file than in memory")
    }
    guard segment.offset <= UInt64(size), segment.fileBytes <= UInt64(size) - segment.offset else {
      throw fail("its bytes lie beyond the end of the file")
    }
    let limit = UInt64(AddressSpace.userPages) << 12
    guard segment.address < limit, segment.memoryBytes <= limit - segment.address else {
      throw fail("beyond the addresses of programs")
    }
    guard segment.alignment & (segment.alignment &- 1) == 0 else {
      throw fail("alignment \(segment.alignment) is no power of two")
    }
    guard segment.offset & 4095 == segment.address & 4095 else {
      throw fail("offset and address differ within the page")
    }
    if let last = segments.last, segment.address < last.address + last.memoryBytes {
      throw fail("not behind the segment before it")
    }
  }
}

/// Little-endian words of a header.
private struct ElfWords {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func half(_ at: Int) -> UInt16 { UInt16(bytes[at]) | UInt16(bytes[at + 1]) << 8 }

  func word(_ at: Int) -> UInt64 {
    var word: UInt64 = 0
    for byte in (at..<at + 8).reversed() { word = word << 8 | UInt64(bytes[byte]) }
    return word
  }
}
