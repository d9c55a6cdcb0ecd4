import MemoryUnits
import PageFrames
import Testing

// Loops as clients write them: `allocate` and `free` of RowBuddy are inlined into them.

@inline(never)
func rowBuddyFill(_ buddy: borrowing RowBuddy<NoSteps>, _ frames: inout MutableSpan<FrameNumber>)
  -> Int
{
  var count = 0
  while count < frames.count, let frame = buddy.allocate(.base, .movable, core: 0) {
    frames[count] = frame
    count += 1
  }
  return count
}

@inline(never)
func rowBuddyEmpty(_ buddy: borrowing RowBuddy<NoSteps>, _ frames: Span<FrameNumber>) {
  for index in 0..<frames.count { buddy.free(frames[index], .base, core: 0) }
}

@Suite("Machine code of RowBuddy")
struct RowBuddyHotPathTests {
  /// What a hot path may call: the ways out of it, by their names in RowBuddy's sources.
  static let waysOut = [
    // Everything but a single frame out of the current row; a free elsewhere than the last one.
    "allocateElsewhere", "freeSingle", "freeElsewhere",
    // A row, and perhaps a block, became free as a whole and leaves the core's hands.
    "filled", "giveUp",
    // Another core asked for all to stand still.
    "waitToEnter",
    // Never returning.
    "rowDoubleFree", "rowWrongOrder", "rowBadFree", "noSuchRowCore", "frameFault",
  ]

  static var objdump: String? { HotPathTests.objdump }

  /// Where code goes when it leaves a function.
  struct Target: Hashable {
    /// The symbol; "*" for a call through an address.
    var symbol: String
    /// Set for a place behind the symbol: a private function, which has no name of its own.
    var unnamed: Int?

    var isWayOut: Bool { unnamed == nil && waysOut.contains { symbol.contains($0) } }
  }

  /// What the function calls or leaves for.
  static func targets(_ name: String, _ lines: [String]) -> [Target] {
    lines.compactMap { line -> Target? in
      let words = line.split { $0 == " " || $0 == "\t" }
      guard let at = words.firstIndex(where: { $0.hasPrefix("call") || $0.hasPrefix("j") }),
        at + 1 < words.count
      else { return nil }
      if words[at + 1].hasPrefix("*") { return Target(symbol: "*") }
      guard let start = line.firstIndex(of: "<"), let end = line.lastIndex(of: ">") else {
        return nil
      }
      // NAME or NAME+OFFSET; with the function's own name a jump inside of it.
      let place = line[line.index(after: start)..<end].split(separator: "+")
      if place[0] == name { return nil }
      return Target(
        symbol: String(place[0]), unnamed: place.count > 1 ? Int(words[at + 1], radix: 16) : nil)
    }
  }

  /// Whether the private function at an address does nothing but report a fault.
  static func isFault(_ address: Int, _ objdump: String) throws -> Bool {
    let lines = try HotPathTests.lines(
      objdump,
      ["-d", "--no-show-raw-insn", "--start-address=\(address)", "--stop-address=\(address + 128)"])
    let leaving = lines.first { line in
      ["\tcall", "\tj", "\tret"].contains { line.contains($0) }
    }
    return leaving?.contains("frameFault") == true
  }

  @Test(
    "allocate and free in a client's loop call nothing but their slow paths and what never returns",
    .enabled(if: objdump != nil, "needs objdump"))
  func hotPaths() throws {
    let buddy = RowBuddy(FrameRange(start: FrameNumber(0), count: 4096), coreCount: 1)
    var frames = [FrameNumber](repeating: FrameNumber(0), count: 4096)
    var span = frames.mutableSpan
    let count = rowBuddyFill(buddy, &span)
    #expect(count == 4096)
    rowBuddyEmpty(buddy, frames.span)
    #expect(buddy.freeFrames == 4096)
    let objdump = try #require(Self.objdump)
    let loops = [("rowBuddyFill", "allocateElsewhere"), ("rowBuddyEmpty", "freeSingle")]
    for (part, expected) in loops {
      let code = try HotPathTests.functions(objdump, [part])
      #expect(!code.isEmpty)
      for (name, lines) in code {
        let targets = Self.targets(name, lines)
        #expect(targets.contains { $0.symbol.contains(expected) }, "\(targets)")
        for target in Set(targets) where !target.isWayOut {
          let isFault = try target.unnamed.map { try Self.isFault($0, objdump) } ?? false
          #expect(isFault, "\(part) calls \(target)")
        }
      }
    }
  }

  @Test(
    "no path of allocate and free needs the Swift runtime or calls through an address",
    .enabled(if: objdump != nil, "needs objdump"))
  func slowPaths() throws {
    let prefix = "$s10PageFrames8RowBuddyV"
    let code = try HotPathTests.functions(try #require(Self.objdump), [prefix, "NoSteps"])
      .filter { $0.key.hasPrefix(prefix) }
    #expect(code.count > 5, "\(code.keys)")
    for name in ["allocateElsewhere", "freeSingle", "freeElsewhere", "refill"] {
      #expect(code.keys.contains { $0.contains(name) }, "\(name) among \(code.keys)")
    }
    // Tm: a body that is shared with the specialisations for other steps, which this program alone has;
    // what differs between them is called through an address.
    for (name, lines) in code
    where !name.contains("forEachFreeBlock") && !name.hasSuffix("Tm") {
      for target in Self.targets(name, lines)
      where target.symbol == "*" || target.symbol.contains("swift_") {
        Issue.record("\(name) calls \(target)")
      }
    }
  }
}
