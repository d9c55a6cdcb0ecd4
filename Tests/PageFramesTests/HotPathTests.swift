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

  /// Instructions of every function of this process's program whose name holds all of `parts`.
  static func functions(_ objdump: String, _ parts: [String]) throws -> [String: [String]] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: objdump)
    process.arguments = ["-d", "--no-show-raw-insn", "/proc/\(getpid())/exe"]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    var result: [String: [String]] = [:]
    var name: String?
    for line in text.split(separator: "\n") {
      if line.hasSuffix(">:"), let start = line.firstIndex(of: "<") {
        let symbol = String(line[line.index(after: start)...].dropLast(2))
        name = parts.allSatisfy { symbol.contains($0) } ? symbol : nil
      } else if let name {
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
