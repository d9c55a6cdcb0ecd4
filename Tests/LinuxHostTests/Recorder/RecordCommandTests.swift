import Foundation
import Testing
import TraceFormats

/// `framelab record heap` and `framelab trace info` as built.
@Suite(
  "The commands record heap and trace info", .enabled(if: Checkout.hasFramelab))
struct RecordCommandTests {
  init() {
    // The library beside the executable, where the command looks for it.
    let native = Checkout.root.appending(path: "scripts/build-native").path
    let result = Command.run(native, Checkout.products.path)
    precondition(result.status == 0, "\(result.errors)")
  }

  @Test("The exit status is the program's; what was recorded is said on standard error")
  func exitStatus() throws {
    let program = try RecordedProgram("int main(void) { free(malloc(BIG(0))); return 7; }")
    let result = Command.run(
      Checkout.framelab, "record", "heap", "-o", program.output, "--", program.program)
    #expect(result.status == 7)
    #expect(result.output == "")
    #expect(result.errors.contains("\(program.output): program ("))
    #expect(result.errors.contains("0 lost"))
    #expect(Command.run(Checkout.framelab, "record", "heap", "--", "/no/such").status == 127)
    #expect(Command.run(Checkout.framelab, "record", "heap", "--", "/etc/passwd").status == 126)
    #expect(Command.run(Checkout.framelab, "record", "heap").status == 2)
  }

  @Test("trace info gives the figures that scripts read, and keeps the command line private")
  func info() throws {
    let program = try RecordedProgram(
      """
      int main(int count, char **arguments) {
        void *a = malloc(BIG(0));
        void *b = malloc(BIG(1));
        free(a); free(b);
        return count;
      }
      """)
    let secret = "hunter2"
    _ = Command.run(
      Checkout.framelab, "record", "heap", "-o", program.output, "--", program.program, secret)
    let result = Command.run(Checkout.framelab, "trace", "info", program.output, "--json")
    #expect(result.status == 0)
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(json["event_count"] as? Int == 4)
    #expect(json["live_peak_bytes"] as? Int == 1_000_003 + 1_000_019)
    #expect(json["live_end_bytes"] as? Int == 0)
    #expect(json["threads"] as? Int == 1)
    #expect((json["span_ns"] as? Int ?? 0) > 0)
    let text = Command.run(Checkout.framelab, "trace", "info", program.output).output
    #expect(text.hasPrefix("out.fltrace: 4 heap events"))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
    var reader = try TraceReader(path: program.output, kind: .heap)
    while let block = try reader.next() {
      #expect(!String(decoding: block.bytes, as: UTF8.self).contains(secret))
    }
  }

  @Test("When framelab is killed, the program runs to its end and tidies up")
  func killedParent() throws {
    let program = try RecordedProgram(
      """
      int main(int count, char **arguments) {
        // Long enough that many chunks are needed after the parent is gone.
        for (int round = 0; round < 40; round++) {
          for (int i = 0; i < 40000; i++) free(malloc(3001));
          usleep(50000);
        }
        char process[16];
        snprintf(process, sizeof process, "%d", getpid());
        return symlink(process, arguments[1]);
      }
      """)
    let done = program.folder.appending(path: "done").path
    let framelab = Process()
    framelab.executableURL = URL(filePath: Checkout.framelab)
    framelab.arguments = ["record", "heap", "-o", program.output, "--", program.program, done]
    try framelab.run()
    Thread.sleep(forTimeInterval: 0.8)
    kill(framelab.processIdentifier, SIGKILL)
    framelab.waitUntilExit()
    var process: String?
    for _ in 0..<600 where process == nil {
      Thread.sleep(forTimeInterval: 0.1)
      process = try? FileManager.default.destinationOfSymbolicLink(atPath: done)
    }
    let number = try #require(process, "the program did not come to its end")
    let shared = URL(filePath: "/dev/shm")
    let files = FileManager.default.enumerator(at: shared, includingPropertiesForKeys: nil)
    let left = (files?.compactMap { $0 as? URL } ?? []).filter {
      $0.lastPathComponent.hasSuffix("-\(number)")
    }
    #expect(left.isEmpty)
  }
}
