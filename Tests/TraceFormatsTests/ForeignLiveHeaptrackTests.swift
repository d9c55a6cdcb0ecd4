import Foundation
import Testing
import TraceFormats

@Suite("heaptrack as installed on this host")
struct ForeignLiveHeaptrackTests {
  static let heaptrack = "/usr/bin/heaptrack"
  static let interpreter = "/usr/lib/heaptrack/libexec/heaptrack_interpret"

  static var isInstalled: Bool {
    [heaptrack, interpreter, "/usr/bin/sort", "/usr/bin/zstd"].allSatisfy {
      FileManager.default.isExecutableFile(atPath: $0)
    }
  }

  private func shell(_ command: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command + " >/dev/null 2>&1"]
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(command)")
  }

  @Test(
    "a program recorded now reads the same raw and interpreted, under FIFO and LIFO",
    .enabled(if: isInstalled, "heaptrack is not installed"))
  func record() throws {
    let base = NSTemporaryDirectory() + "framelab-\(UUID().uuidString)"
    defer {
      try? FileManager.default.removeItem(atPath: base + ".raw.zst")
      try? FileManager.default.removeItem(atPath: base + ".zst")
    }
    try shell("seq 1 20000 | \(Self.heaptrack) --raw -o \(base) /usr/bin/sort -R")
    try shell("zstd -dc \(base).raw.zst | \(Self.interpreter) | zstd -qo \(base).zst")
    let raw = try HeapTrace.load(path: base + ".raw.zst")
    let truth = TraceAudit(raw)
    #expect(truth.allocations > 10)
    #expect(truth.frees > 0)
    for pairing in ObjectPairing.allCases {
      let trace = try HeapTrace.load(
        path: base + ".zst", options: ForeignOptions(pairing: pairing))
      let audit = TraceAudit(trace)
      #expect(audit.allocations == truth.allocations)
      #expect(audit.liveBytes == truth.liveBytes)
      #expect(audit.peakBytes == truth.peakBytes)
      #expect(trace.spanNs == raw.spanNs)
      #expect(trace.residentSamples == raw.residentSamples)
    }
  }
}
