import Foundation
import MemoryUnits
import PageFrames
import Testing

/// Loops as upper floors write them, here so that the compiler specialises the allocator for a client.
@inline(never)
func fillAndEmpty(_ memory: inout ListBuddyMemory, _ frames: inout [FrameNumber]) -> Int {
  var count = 0
  while count < frames.count,
    let frame = memory.allocate(.base, .movable, owner: FrameOwner(state: .movable))
  {
    frames[count] = frame
    count += 1
  }
  for index in 0..<count { memory.free(frames[index], .base) }
  return count
}

@Suite("Machine code of the hot paths")
struct HotPathTests {
  static let objdump = ["/usr/bin/objdump", "/usr/bin/llvm-objdump"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  static func lines(_ objdump: String, _ arguments: [String]) throws -> [Substring] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: objdump)
    process.arguments = arguments + ["/proc/\(getpid())/exe"]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return text.split(separator: "\n")
  }

  /// Instructions of every function of this process's program whose name holds all of `parts`. The
  /// symbol table says where a function ends: private functions behind it have no name of their own.
  static func functions(_ objdump: String, _ parts: [String]) throws -> [String: [String]] {
    var ends: [String: Int] = [:]
    for line in try lines(objdump, ["-t"]) {
      // START FLAGS SECTION SIZE [VISIBILITY] NAME
      let fields = line.split { $0 == " " || $0 == "\t" }
      guard let name = fields.last, parts.allSatisfy({ name.contains($0) }),
        let section = fields.firstIndex(of: ".text"), section + 2 < fields.count,
        let start = Int(fields[0], radix: 16), let size = Int(fields[section + 1], radix: 16)
      else { continue }
      ends[String(name)] = start + size
    }
    var result: [String: [String]] = [:]
    var name: String?
    for line in try lines(objdump, ["-d", "--no-show-raw-insn"]) {
      if line.hasSuffix(">:"), let start = line.firstIndex(of: "<") {
        let symbol = String(line[line.index(after: start)...].dropLast(2))
        name = ends[symbol] == nil ? nil : symbol
      } else if let name, let colon = line.firstIndex(of: ":"),
        let address = Int(line[..<colon].drop { $0 == " " }, radix: 16),
        address < ends[name] ?? 0
      {
        result[name, default: []].append(String(line))
      }
    }
    return result
  }

  @Test(
    "allocate and free are specialised: no reference counting, no allocation, no witness table",
    .enabled(if: objdump != nil, "needs objdump"))
  func specialised() throws {
    var memory = ListBuddyMemory(frameCount: 4096, watermarks: .none)
    var frames = [FrameNumber](repeating: FrameNumber(0), count: 4096)
    #expect(fillAndEmpty(&memory, &frames) == 4096)
    let code = try Self.functions(try #require(Self.objdump), ["ListBuddy", "NoObserver", "Tg5"])
    let hot = code.filter { $0.key.contains("V4free") || $0.key.contains("V8allocate") }
    #expect(hot.count >= 2, "\(code.keys)")
    for (name, lines) in hot {
      for banned in ["swift_retain", "swift_allocObject", "call   *", "callq  *"] {
        let found = lines.first { $0.contains(banned) }
        #expect(found == nil, "\(name)")
      }
    }
  }
}
