/// Makes ELF files to load.
struct ElfFixture {
  struct Segment {
    var type: UInt32 = 1
    var flags: UInt32
    var offset: Int
    var address: UInt64
    var bytes: [UInt8]
    var memoryBytes: Int
  }

  var type: UInt16 = 2
  var entry: UInt64 = 0x401000
  var segments: [Segment]

  /// A program with text, with data whose page goes on with other bytes of the file, and with .bss.
  static var program: ElfFixture {
    ElfFixture(segments: [
      Segment(
        flags: 5, offset: 0x1000, address: 0x401000, bytes: [0x90, 0xc3], memoryBytes: 2),
      Segment(
        flags: 6, offset: 0x2100, address: 0x403100, bytes: [1, 2, 3, 4], memoryBytes: 0x3000),
    ])
  }

  var file: [UInt8] {
    var file: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)
    func add(_ value: UInt64, _ count: Int) {
      for byte in 0..<count { file.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * byte))) }
    }
    add(UInt64(type), 2)
    add(62, 2)
    add(1, 4)
    add(entry, 8)
    add(64, 8)
    add(0, 8)
    add(0, 4)
    add(64, 2)
    add(56, 2)
    add(UInt64(segments.count), 2)
    add(0, 6)
    for segment in segments {
      add(UInt64(segment.type), 4)
      add(UInt64(segment.flags), 4)
      add(UInt64(segment.offset), 8)
      add(segment.address, 8)
      add(segment.address, 8)
      add(UInt64(segment.bytes.count), 8)
      add(UInt64(segment.memoryBytes), 8)
      add(0x1000, 8)
    }
    // Everything that is no segment's is 0xee: none of it may be seen.
    let end = segments.map { $0.offset + $0.bytes.count }.max() ?? 0
    file += [UInt8](repeating: 0xee, count: max(0, end + 500 - file.count))
    for segment in segments {
      file.replaceSubrange(
        segment.offset..<segment.offset + segment.bytes.count, with: segment.bytes)
    }
    return file
  }
}
