import Benchmarking
import Foundation
import MemoryUnits
import Testing

@Suite("Subjects in child processes")
struct ChildTests {
  static let plan = BenchmarkCase(.bulk, memory: ByteCount(16 << 20))

  /// A child that is a shell script.
  private func child(
    _ script: String, patience: Duration = .seconds(60), _ body: (ChildSystem) throws -> Void
  ) throws {
    let file = FileManager.default.temporaryDirectory
      .appending(path: "framelab-child-\(UUID().uuidString)")
    try Data("#!/bin/sh\n\(script)\n".utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: file.path)
    try body(ChildSystem(executable: file.path, name: "any", patience: patience))
  }

  private func fault(_ system: ChildSystem) -> BenchmarkFault? {
    #expect(throws: BenchmarkFault.self) { _ = try system.measure(Self.plan, 1) }
  }

  @Test("a crash is reported by its signal and its last words, and the next child is a new one")
  func crash() throws {
    try child("read line; echo 'allocator: broken' >&2; kill -SEGV $$") { system in
      for _ in 0..<2 {
        let fault = fault(system)
        #expect(fault?.kind == .crashed)
        #expect(fault?.detail == "its process was ended by signal 11: allocator: broken")
      }
    }
    try child("exit 7") { system in
      #expect(fault(system)?.detail == "its process ended with status 7")
    }
  }

  @Test("a child that does not answer is ended")
  func timeout() throws {
    try child("exec sleep 1000", patience: .milliseconds(300)) { system in
      #expect(fault(system)?.kind == .timeout)
    }
  }

  @Test("an answer that is none, a fault, a repetition")
  func answers() throws {
    try child("read line; echo hello; read line") { #expect(fault($0)?.kind == .crashed) }
    try child(#"read line; echo '{"fault":{"kind":"overlap","detail":"frame 3"}}'; read line"#) {
      #expect(fault($0) == BenchmarkFault(.overlap, "frame 3"))
    }
    let answer =
      #"{"repetition":{"alloc_ns":2,"bytes_touched":1,"verified_blocks":3,"checksum":4}}"#
    try child("while read line; do echo '\(answer)'; done") { system in
      for _ in 0..<3 {
        let repetition = try system.measure(Self.plan, 1)
        #expect(repetition.allocNs == 2)
      }
    }
  }

  @Test("a program that is not there")
  func missing() {
    let system = ChildSystem(executable: "/nonexistent/framelab", name: "malloc")
    #expect(fault(system)?.kind == .unavailable)
  }

  @Test("malloc of this process, verified without a known range")
  func malloc() throws {
    for pattern in [Pattern.bulk, .lifo, .repeat, .random, .churn] {
      for threads in [1, 2] {
        var plan = BenchmarkCase(
          pattern, threads: threads, memory: ByteCount(4 << 20))
        plan.operationLimit = 2000
        let result = try PatternRun(MallocSubject(), plan, seed: 1).run()
        #expect(result.verifiedBlocks >= 512 && result.metadataBytesPerFrame == nil)
      }
    }
  }
}
