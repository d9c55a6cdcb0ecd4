/// An ELF file of two segments, for `exec` without a host: text that may be executed, and data with
/// .bss behind it.
enum SmallProgram {
  private struct Segment {
    let flags: UInt32
    let offset: Int
    let address: UInt64
    let bytes: [UInt8]
    let memoryBytes: Int
  }

  private static let segments = [
    // nop; ret
    Segment(flags: 5, offset: 0x1000, address: 0x40_1000, bytes: [0x90, 0xc3], memoryBytes: 2),
    // Three pages, of which the file has the beginning of the first.
    Segment(
      flags: 6, offset: 0x2000, address: 0x40_3000, bytes: Array("initialized data".utf8),
      memoryBytes: 0x3000),
  ]

  /// ELF64, little-endian, x86-64, ET_EXEC, in the layout of the System V ABI.
  static var file: [UInt8] {
    var file: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)
    func add(_ value: UInt64, _ count: Int) {
      for byte in 0..<count { file.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * byte))) }
    }
    add(2, 2)  // e_type
    add(62, 2)  // e_machine
    add(1, 4)  // e_version
    add(segments[0].address, 8)  // e_entry
    add(64, 8)  // e_phoff
    add(0, 8)  // e_shoff
    add(0, 4)  // e_flags
    add(64, 2)  // e_ehsize
    add(56, 2)  // e_phentsize
    add(UInt64(segments.count), 2)  // e_phnum
    add(0, 6)  // no sections
    for segment in segments {
      add(1, 4)  // PT_LOAD
      add(UInt64(segment.flags), 4)
      add(UInt64(segment.offset), 8)
      add(segment.address, 8)
      add(segment.address, 8)
      add(UInt64(segment.bytes.count), 8)
      add(UInt64(segment.memoryBytes), 8)
      add(0x1000, 8)
    }
    for segment in segments {
      file += [UInt8](repeating: 0, count: segment.offset - file.count)
      file += segment.bytes
    }
    return file
  }
}
