import CHeapFormats
import Foundation
import Testing
import TraceFormats

@Suite("The flat replay file: the same for Swift and C, and refused when it is wrong")
struct FlatHeapFileTests {
  @Test("records and header lie in memory as C has them")
  func layout() {
    #expect(MemoryLayout<HeapRecord>.stride == MemoryLayout<framelab_heap_record>.stride)
    let record: [(Int?, Int?)] = [
      (offset(\HeapRecord.timeNs), offset(\framelab_heap_record.time_ns)),
      (offset(\HeapRecord.size), offset(\framelab_heap_record.size)),
      (offset(\HeapRecord.slot), offset(\framelab_heap_record.slot)),
      (offset(\HeapRecord.thread), offset(\framelab_heap_record.thread)),
      (offset(\HeapRecord.operationCode), offset(\framelab_heap_record.operation)),
      (offset(\HeapRecord.alignmentShift), offset(\framelab_heap_record.alignment_shift)),
    ]
    let header: [(Int?, Int?)] = [
      (offset(\FlatHeapHeader.magic), offset(\framelab_flat_header.magic)),
      (offset(\FlatHeapHeader.version), offset(\framelab_flat_header.version)),
      (offset(\FlatHeapHeader.headerBytes), offset(\framelab_flat_header.header_bytes)),
      (offset(\FlatHeapHeader.recordCount), offset(\framelab_flat_header.record_count)),
      (offset(\FlatHeapHeader.recordOffset), offset(\framelab_flat_header.record_offset)),
      (offset(\FlatHeapHeader.sampleCount), offset(\framelab_flat_header.sample_count)),
      (offset(\FlatHeapHeader.sampleOffset), offset(\framelab_flat_header.sample_offset)),
      (offset(\FlatHeapHeader.slotCount), offset(\framelab_flat_header.slot_count)),
      (offset(\FlatHeapHeader.threadCount), offset(\framelab_flat_header.thread_count)),
      (offset(\FlatHeapHeader.touchFlags), offset(\framelab_flat_header.touch_flags)),
      (offset(\FlatHeapHeader.touchStride), offset(\framelab_flat_header.touch_stride)),
    ]
    for (swift, c) in record + header { #expect(swift != nil && swift == c) }
    #expect(MemoryLayout<FlatHeapHeader>.size == MemoryLayout<framelab_flat_header>.size)
    let written = FlatHeapHeader(
      recordCount: 1, sampleCount: 1, slotCount: 1, threadCount: 1, touch: .all)
    #expect(written.magic == UInt64(FRAMELAB_FLAT_MAGIC))
    #expect(written.version == UInt32(FRAMELAB_FLAT_VERSION))
    #expect(written.touchFlags == UInt32(FRAMELAB_TOUCH_LAST_BYTE))
  }

  private func offset<Root, Value>(_ path: KeyPath<Root, Value>) -> Int? {
    MemoryLayout<Root>.offset(of: path)
  }

  @Test("has no name, so that nothing is left behind, and holds the records up to a time")
  func unnamed() throws {
    let scratch = try Scratch()
    let trace = syntheticTrace(seed: 5, records: 1000, threads: 1)
    let half = trace.records[500].timeNs
    let file = try FlatHeapFile(
      trace, until: half, sampleTimesNs: [1, half], touch: .all, folder: scratch.folder.path)
    let left = try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path)
    #expect(left.isEmpty)
    #expect(file.recordCount == trace.records.count { $0.timeNs <= half })
    #expect(file.byteCount == 72 + 2 * 8 + 24 * file.recordCount)
    #expect(throws: TraceError.self) {
      try FlatHeapFile(trace, sampleTimesNs: [], touch: .all, folder: "/nonexistent")
    }
  }

  @Test("a folder without room is refused in one line")
  func noRoom() throws {
    // A file system of 0 bytes, on every Linux.
    let error = #expect(throws: TraceError.self) {
      try FlatHeapFile(
        syntheticTrace(seed: 5, records: 10, threads: 1), sampleTimesNs: [], touch: .all,
        folder: "/proc")
    }
    #expect(error?.description.hasPrefix("/proc: cannot hold a temporary file: ") == true)
  }

  /// The bytes of a small sound file: two samples, four records.
  static func sound() throws -> Data {
    let trace = HeapTrace(
      records: [
        HeapRecord(.allocate, slot: 0, size: 10, timeNs: 1),
        HeapRecord(.reallocate, slot: 0, size: 20, timeNs: 2),
        HeapRecord(.free, slot: 0, timeNs: 3),
        HeapRecord(.map, slot: 1, size: 4096, timeNs: 4),
      ], slotCount: 2, threadCount: 1, spanNs: 5, origin: "test")
    let file = try FlatHeapFile(
      trace, sampleTimesNs: [2, 5], touch: .all, folder: NSTemporaryDirectory())
    let handle = FileHandle(fileDescriptor: file.descriptor, closeOnDealloc: false)
    try handle.seek(toOffset: 0)
    return try #require(try handle.readToEnd())
  }

  static let record = 72 + 2 * 8

  @Test(
    "a wrong file is refused with the place and what was expected",
    arguments: [
      (0, [0], "offset 0: not a flat replay file"),
      (8, [9], "offset 8: version 9 is not the driver's"),
      (12, [80], "offset 8: version 1 is not the driver's"),
      (16, [5], "offset 24: 5 records do not fit the file"),
      (23, [255], "offset 24: 18374686479671623684 records do not fit the file"),
      (24, [89], "offset 24: 4 records do not fit the file"),
      (32, [90], "offset 40: 90 sampling times do not fit the file"),
      (40, [71], "offset 40: 2 sampling times do not fit the file"),
      (48, [1], "record 3: its slot is above the slot count"),
      (53, [1], "offset 48: 1099511627778 slots; expected at most 2^32"),
      (56, [0], "offset 56: 0 threads; expected 1 to 65536"),
      (72, [9], "sampling time 1 lies before the one ahead of it"),
      (record, [7], "record 1: goes back in time"),
      (record + 8, [0, 0, 0, 0, 0, 0, 0, 1], "record 0: no address space has that size or"),
      (record + 20, [3], "record 0: its thread is above the thread count"),
      (record + 22, [9], "record 0: unknown operation"),
      (record + 22, [0], "record 0: unknown operation"),
      (record + 22, [4], "record 0: its slot does not hold what the operation needs"),
      (record + 22, [5], "record 1: its slot does not hold what the operation needs"),
      (record + 23, [60], "record 0: no address space has that size or alignment"),
    ] as [(Int, [UInt8], String)])
  func damaged(offset: Int, bytes: [UInt8], message: String) throws {
    var data = try Self.sound()
    data.replaceSubrange(offset..<(offset + bytes.count), with: bytes)
    let scratch = try Scratch()
    let file = scratch.file("flat")
    try data.write(to: file)
    let outcome = try Driver.run(Driver.path, [file.path], environment: [:])
    #expect(outcome.code == 2)
    #expect(outcome.errors.hasPrefix("heap-driver: " + message), "\(outcome.errors)")
    #expect(outcome.errors.count { $0 == "\n" } == 1)
  }

  @Test("a cut file, a missing one, a folder and bad usage are refused")
  func unusable() throws {
    let scratch = try Scratch()
    let file = scratch.file("flat")
    func errors(_ arguments: [String]) throws -> String {
      let outcome = try Driver.run(Driver.path, arguments, environment: [:])
      #expect(outcome.code == 2)
      return outcome.errors
    }
    try Self.sound().write(to: file)
    #expect(try Driver.run(Driver.path, [file.path], environment: [:]).code == 0)
    try Self.sound().dropLast(1).write(to: file)
    #expect(try errors([file.path]).contains("4 records do not fit the file"))
    try Self.sound().prefix(40).write(to: file)
    #expect(try errors([file.path]).contains("the flat file has 40 bytes, less than its header"))
    #expect(try errors(["/nonexistent"]).contains("the flat file cannot be opened"))
    #expect(try errors(["/tmp"]).contains("expected a regular file with the recording"))
    #expect(try errors([]).contains("usage: heap-driver"))
    #expect(try errors(["--what"]).contains("usage: heap-driver"))
  }
}
