import Foundation
import MemoryUnits
import Testing
import TraceFormats

@Suite("Timelines for Perfetto and chrome://tracing")
struct TimelineTests {
  static let core = TimelineTrack(process: 1, thread: 3)

  /// Writes by `body` and reads the events back by a reader that is not ours.
  private func events(
    _ body: (inout TimelineWriter) throws -> Void
  ) throws -> [[String: Any]] {
    let file = try TemporaryFile("older")
    var writer = try TimelineWriter(path: file.path)
    try body(&writer)
    #expect(try Data(contentsOf: URL(filePath: file.path)) == Data("older".utf8), "before its end")
    let count = writer.eventCount
    try writer.finish()
    #expect(!FileManager.default.fileExists(atPath: file.path + ".partial"))
    let data = try Data(contentsOf: URL(filePath: file.path))
    let whole = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(whole["displayTimeUnit"] as? String == "ns")
    let events = try #require(whole["traceEvents"] as? [[String: Any]])
    #expect(events.count == count)
    return events
  }

  @Test("an empty timeline is valid")
  func empty() throws {
    #expect(try events { _ in }.isEmpty)
  }

  @Test("each kind of event has the fields that the format asks for")
  func fields() throws {
    let events = try events {
      try $0.name(process: 1, "machine")
      try $0.name(Self.core, "core 3")
      try $0.append(
        TimelineSlice(
          "page fault", category: "fault", on: Self.core, at: 1_500, lasting: 700,
          [
            TimelineArgument("address", .hex(0xffff_ffff_8000_0000)),
            TimelineArgument("order", .number(-9)), TimelineArgument("share", .real(0.5)),
            TimelineArgument("none", .real(.infinity)),
          ]))
      try $0.append(
        TimelineInstant("kswapd woken", category: "reclaim", on: Self.core, at: 2, scope: .process))
      try $0.append(
        TimelineCounter(
          "frames", process: 1, at: 3_000_000,
          [TimelineArgument("free", .number(10)), TimelineArgument("cached", .number(2))]))
    }
    try #require(events.count == 6)
    for event in events {
      #expect(event["ph"] is String && event["name"] is String)
      #expect(event["pid"] as? Int == 1)
      #expect(event["tid"] is Int)
    }
    #expect(events.map { $0["ph"] as? String } == ["M", "M", "M", "X", "i", "C"])
    #expect((events[0]["args"] as? [String: String]) == ["name": "machine"])
    #expect(events[1]["name"] as? String == "thread_name")
    #expect(events[1]["tid"] as? Int == 3)
    #expect((events[2]["args"] as? [String: Int]) == ["sort_index": 3])
    let slice = events[3]
    #expect(slice["ts"] as? Double == 1.5)
    #expect(slice["dur"] as? Double == 0.7)
    #expect(slice["cat"] as? String == "fault")
    let arguments = try #require(slice["args"] as? [String: Any])
    #expect(arguments["address"] as? String == "0xffffffff80000000")
    #expect(arguments["order"] as? Int == -9)
    #expect(arguments["share"] as? Double == 0.5)
    #expect(arguments["none"] is NSNull)
    #expect(events[4]["s"] as? String == "p")
    #expect(events[4]["ts"] as? Double == 0.002)
    #expect(events[5]["ts"] as? Int == 3000)
    #expect((events[5]["args"] as? [String: Int]) == ["free": 10, "cached": 2])
  }

  @Test("names with quotes, backslashes, control characters and any script come back as they were")
  func escapes() throws {
    var names = ["", "\"", "\\", "a\"b\\c/", "zwölf 十二 🧮", "\u{7f}\u{2028}"]
    names += (0..<32).map { "<\(Character(UnicodeScalar(UInt8($0))))>" }
    let events = try events {
      for name in names {
        try $0.append(
          TimelineInstant(
            name, category: name, on: Self.core, at: 0,
            [TimelineArgument(name + "k", .text(name))]))
      }
    }
    for (name, event) in zip(names, events) {
      #expect(event["name"] as? String == name)
      #expect(event["cat"] as? String == name)
      #expect((event["args"] as? [String: String]) == [name + "k": name])
    }
  }

  @Test("nanoseconds survive as microseconds, to the last digit")
  func times() throws {
    var generator = SplitMix64(seed: 41)
    var times: [UInt64] = [0, 1, 10, 100, 999, 1000, 1001, 1010, 1100, 123_456_789, .max]
    times += (0..<500).map { _ in generator.next() >> generator.next(upperBound: 64) }
    let file = try TemporaryFile("")
    var writer = try TimelineWriter(path: file.path)
    for time in times {
      try writer.append(TimelineInstant("i", category: "c", on: Self.core, at: time))
    }
    try writer.finish()
    let text = try String(contentsOfFile: file.path, encoding: .utf8)
    let found = text.matches(of: /"ts":([0-9]+)(?:\.([0-9]{1,3}))?[,}]/).map {
      let fraction = $0.2 ?? ""
      return UInt64(String($0.1) + fraction + String(repeating: "0", count: 3 - fraction.count))
    }
    #expect(found == times)
  }

  @Test("a long timeline is written as it comes, and a discarded one leaves nothing")
  func long() throws {
    let count = 20_000
    let events = try events {
      for index in 0..<count {
        // In no order of time: none is needed.
        let slice = TimelineSlice(
          "fault \(index)", category: "fault",
          on: TimelineTrack(process: 1, thread: index % 4), at: UInt64(count - index) * 100,
          lasting: 100)
        try $0.append(slice)
      }
    }
    #expect(events.last?["name"] as? String == "fault \(count - 1)")
    let file = try TemporaryFile("older")
    var writer = try TimelineWriter(path: file.path)
    try writer.append(TimelineCounter("c", process: 0, at: 0, []))
    writer.discard()
    #expect(!FileManager.default.fileExists(atPath: file.path + ".partial"))
    #expect(try String(contentsOfFile: file.path, encoding: .utf8) == "older")
  }
}
