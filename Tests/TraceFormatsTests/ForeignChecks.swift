import Foundation
import Testing
import TraceFormats

/// A file that exists for the time of one test.
struct TemporaryFile: ~Copyable {
  let path: String

  init(_ bytes: Data, name: String = "trace") throws {
    path = NSTemporaryDirectory() + "framelab-\(UUID().uuidString)-\(name)"
    try bytes.write(to: URL(fileURLWithPath: path))
  }

  init(_ text: String) throws { try self.init(Data(text.utf8)) }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Reads a recording given as text.
func readForeign(_ text: String, _ options: ForeignOptions = ForeignOptions()) throws -> HeapTrace {
  let file = try TemporaryFile(text)
  return try HeapTrace.load(path: file.path, options: options)
}

/// The error that a recording given as text is refused with, without the path.
func foreignError(_ text: String) throws -> String {
  let file = try TemporaryFile(text)
  return refusal(path: file.path)
}

/// The error that a file is refused with, without the path.
func refusal(path: String) -> String {
  do {
    _ = try HeapTrace.load(path: path)
    return "accepted"
  } catch {
    #expect(error.path == path)
    return error.place.map { "\($0): \(error.message)" } ?? error.message
  }
}

/// What a well-formed trace promises, checked record by record.
struct TraceAudit {
  var allocations = 0
  var frees = 0
  var liveBytes: UInt64 = 0
  var peakBytes: UInt64 = 0
  var liveObjects = 0
  /// Size of the live object in each slot.
  var sizes: [UInt64?]

  init(_ trace: HeapTrace) {
    sizes = Array(repeating: nil, count: trace.slotCount)
    var time: UInt64 = 0
    for (index, record) in trace.records.enumerated() {
      let slot = Int(record.slot)
      guard slot < trace.slotCount, Int(record.thread) < trace.threadCount,
        record.timeNs >= time, record.timeNs <= trace.spanNs
      else {
        Issue.record("record \(index) breaks a bound: \(record)")
        return
      }
      time = record.timeNs
      let old = sizes[slot]
      switch record.operation {
      case .allocate, .allocateZeroed, .map:
        #expect(old == nil, "record \(index) fills a full slot")
        allocations += 1
        liveObjects += 1
        set(slot, record.size)
      case .reallocate, .remap:
        #expect(old != nil, "record \(index) changes an empty slot")
        set(slot, record.size)
      case .free, .unmap:
        #expect(old != nil, "record \(index) frees an empty slot")
        frees += 1
        liveObjects -= 1
        set(slot, nil)
      case nil:
        Issue.record("record \(index) has no operation")
      }
    }
  }

  private mutating func set(_ slot: Int, _ size: UInt64?) {
    liveBytes -= sizes[slot] ?? 0
    liveBytes += size ?? 0
    peakBytes = max(peakBytes, liveBytes)
    sizes[slot] = size
  }
}
