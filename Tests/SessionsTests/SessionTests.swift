import Sessions
import Testing

@Suite("Sessions: the language")
struct SessionTests {
  /// Follows lines and returns the answers of the last one.
  private func run(_ lines: String...) throws -> [String] {
    let session = Session()
    var answer: [String] = []
    for line in lines {
      if let reply = try session.run(line) { answer = reply.lines.map(\.plain) }
    }
    return answer
  }

  /// What a script ends with; nil when it runs to its end.
  private func error(_ text: String) -> String? {
    do {
      try Script(name: "s.machine", text: text).run(in: Session()) { _, _, _ in }
      return nil
    } catch {
      return error.description
    }
  }

  @Test("addresses are sums of names, numbers and sizes")
  func addresses() throws {
    let lines = ["spawn A", "mmap A 64KiB rw private anonymous at 0x10000000 fixed as x"]
    let session = Session()
    for line in lines { _ = try session.run(line) }
    for word in ["x+0x1008", "x+4KiB+8", "x+4096+8", "0x10001008", "x+8KiB-0xff8"] {
      let reply = try session.run("touch A \(word) write")
      #expect(reply?.lines.first?.plain.hasPrefix("x+0x1008 is physical") == true, "\(word)")
    }
  }

  @Test("bytes are texts and hexadecimal digits, and are shown as hexdump shows them")
  func bytes() throws {
    let answer = try run(
      "spawn A", "mmap A 4096 rw private anonymous at 0x10000 fixed as x",
      #"store A x "a\x00" 0xff 7"#, "load A x 16")
    #expect(
      answer.first
        == "000000010000  61 00 ff 07 00 00 00 00 00 00 00 00 00 00 00 00  a...............")
  }

  @Test(
    "an error names the line and what was expected",
    arguments: [
      ("spawn", "s.machine:1: expected a name for the task at the end of the line"),
      ("# nothing\n\nfrob A", "s.machine:3: expected a command ('help' lists them), not 'frob'"),
      ("spawn A\ntouch B 0", "s.machine:2: expected a task (A), not 'B'"),
      ("touch A 0", "s.machine:1: expected a task ('spawn A' makes one), not 'A'"),
      ("spawn A\ntouch A y", "s.machine:2: no address has the name 'y'"),
      ("spawn A\ntouch A 0x1000 read 1 2", "s.machine:2: expected the end of the line, not '2'"),
      (
        "spawn A\nmemory 1GiB",
        "s.machine:2: the machine runs already; settings stand before its first task"
      ),
      ("memory 3K", "s.machine:1: expected 1MiB to 16TiB of memory in whole pages of 4KiB"),
      ("spawn A\nspawn A", "s.machine:2: task A is running already"),
      ("spawn A\nexit A\ntouch A 0", "s.machine:3: task A has ended"),
      ("spawn A\nstore A 0 \"x", "s.machine:2: a text in quotes has no end"),
      (
        "spawn A\nstore A 0 \"\\q\"",
        "s.machine:2: \\q is unknown; expected \\n, \\t, \\0, \\\", \\\\ or \\x41"
      ),
    ])
  func usageErrors(_ script: String, _ message: String) { #expect(error(script) == message) }

  @Test(
    "what is not as expected ends a script",
    arguments: [
      ("expect 1", "expected the bytes 01, got the bytes 00"),
      ("expect ok\nexpect pgfault +2", "expected pgfault +2, got +1"),
      ("expect errno ENOMEM", "expected ENOMEM, got the bytes 00"),
      ("expect signal SIGSEGV", "expected SIGSEGV, got the bytes 00"),
      ("expect page A x frame", "expected frame behind x, got zero"),
      ("expect area A x r--p", "expected an area r--p at x, got rw-p"),
      ("expect areas A 2", "expected areas A 2, got 1"),
      (
        "expect events page-fault frame retry page-fault",
        "expected the event page-fault next, got tlb-miss walk tlb-fill value"
      ),
    ])
  func unmet(_ check: String, _ message: String) {
    let script = "spawn A\nmmap A 4096 rw private anonymous as x\nevents on\nload A x\n" + check
    #expect(error(script)?.hasSuffix(": " + message) == true, "\(error(script) ?? "met")")
  }

  @Test("a failure that no expect follows ends a script where it happened")
  func unexpectedFailure() {
    let message = "s.machine:2: SIGSEGV (SEGV_MAPERR) at 0x0, which no 'expect' follows"
    #expect(error("spawn A\ntouch A 0\n\nspawn B") == message)
    #expect(error("spawn A\ntouch A 0") == message)
    #expect(error("spawn A\ntouch A 0\n# why\nexpect signal SIGSEGV MAPERR\nspawn B") == nil)
  }

  @Test("settings shape the machine")
  func settings() throws {
    let answer = try run("memory 2MiB", "allocator row-buddy", "cores 2", "spawn A", "dump frames")
    #expect(answer.first?.contains("of 512 frames are free") == true)
    let first = try run(
      "cost fault 0", "cost systemCall 0", "cost walkLevel 0", "cost switchSpace 0",
      "cost zeroPage 1us", "spawn A",
      "mmap A 4096 rw private anonymous as x", "events on", "touch A x write", "events show")
    #expect(first.contains { $0.contains("1.000 us  zeroed") })
  }

  @Test("help has every command within 98 columns")
  func help() throws {
    let lines = try run("help")
    for name in ["mmap", "fork", "expect", "dump", "validate"] {
      #expect(lines.contains { $0.hasPrefix("  \(name) ") || $0 == "  \(name)" })
      for line in try run("help \(name)") { #expect(line.count <= 98, "\(line)") }
    }
    for line in lines { #expect(line.count <= 98, "\(line)") }
  }

  @Test("the same commands give the same JSON")
  func json() throws {
    func members() throws -> [String] {
      let session = Session()
      let lines = [
        "spawn A", "mmap A 8192 rw private anonymous as x", "events on", "store A x 1 2",
        "fork A as B", "store B x 3", "dump areas B", "dump tables B", "dump frames",
        "dump rmap B x",
      ]
      return try lines.map { "\(JSON.object(try session.run($0)?.members ?? []))" }
    }
    #expect(try members() == members())
    #expect(try members()[1].hasPrefix(#"{"address":140737354125312,"pages":2,"clock_ns":166"#))
  }
}
