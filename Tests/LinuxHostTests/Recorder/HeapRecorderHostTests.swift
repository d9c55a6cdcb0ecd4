import Foundation
import LinuxHost
import Testing
import TraceFormats

/// The recorder on hosts that are not as they should be.
@Suite("Heap recorder and its host")
struct HeapRecorderHostTests {
  private static let busy = """
    int main(void) {
      for (int i = 0; i < 300000; i++) free(malloc(3001));
      usleep(50000);
      return 0;
    }
    """

  @Test("Without a usable cycle counter the stamps are those of the monotonic clock")
  func monotonicClock() throws {
    let program = try RecordedProgram(Self.busy)
    var system = AlteredSystem()
    system.files["/proc/cpuinfo"] = "flags : fpu tsc\n"
    var recorder = try HeapRecorder(program.options, system: system)
    let recording = try recorder.run()
    let trace = try HeapTrace.load(path: program.output)
    #expect(trace.caveats == [])
    #expect(trace.records.count { $0.size == 3001 } == 300_000)
    // The last event comes before the pause of 50 ms, the end after it.
    let last = try #require(trace.records.last)
    #expect(last.timeNs > 1_000_000)
    #expect(trace.spanNs >= last.timeNs + 50_000_000)
    #expect(trace.spanNs == recording.files.first?.spanNs)
  }

  @Test("Both clocks tell the same times")
  func clocksAgree() throws {
    let program = try RecordedProgram(
      """
      int main(void) {
        free(malloc(BIG(0)));
        usleep(200000);
        free(malloc(BIG(1)));
        return 0;
      }
      """)
    for processor in [nil, "flags : none\n"] {
      var system = AlteredSystem()
      if let processor { system.files["/proc/cpuinfo"] = processor }
      var recorder = try HeapRecorder(program.options, system: system)
      _ = try recorder.run()
      let big = RecordedProgram.big(try HeapTrace.load(path: program.output))
      try #require(big.count == 4)
      let pause = big[2].timeNs - big[1].timeNs
      #expect(pause >= 199_000_000)
      #expect(pause < 10_000_000_000)
    }
  }

  @Test("A parent that comes by every half second loses nothing")
  func slowParent() throws {
    let program = try RecordedProgram(Self.busy)
    var recorder = try HeapRecorder(
      program.options, system: AlteredSystem(sleepNs: 500_000_000))
    let recording = try recorder.run()
    #expect(recording.files.first?.lostEvents == 0)
    let trace = try HeapTrace.load(path: program.output)
    #expect(trace.caveats == [])
    #expect(trace.records.count { $0.size == 3001 } == 300_000)
  }

  @Test("Resident memory is what smaps_rollup says, less the recorder's own")
  func resident() throws {
    let program = try RecordedProgram(
      """
      int main(void) {
        memset(malloc(64 << 20), 1, 64 << 20);
        usleep(400000);
        return 0;
      }
      """)
    _ = try program.record()
    let trace = try HeapTrace.load(path: program.output)
    let peak = trace.residentSamples.map(\.residentBytes).max() ?? 0
    #expect(peak > 64 << 20)
    #expect(peak < 80 << 20)
    let times = trace.residentSamples.map(\.timeNs)
    #expect(times == times.sorted())
    #expect((times.last ?? .max) <= trace.spanNs)
  }

  @Test("Nothing is left in shared memory, and a file that cannot be written is told at once")
  func leftovers() throws {
    let program = try RecordedProgram("int main(void) { return malloc(BIG(0)) == NULL; }")
    let shared = program.folder.appending(path: "shared").path
    try FileManager.default.createDirectory(atPath: shared, withIntermediateDirectories: true)
    var options = program.options
    options.sharedFolder = shared
    do {
      var recorder = try HeapRecorder(options)
      _ = try recorder.run()
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: shared) == [])
    options.output = program.folder.appending(path: "none/out.fltrace").path
    options.command = ["touch", program.folder.appending(path: "was-run").path]
    var recorder = try HeapRecorder(options)
    #expect(throws: TraceError.self) { try recorder.run() }
    let ran = FileManager.default.fileExists(
      atPath: program.folder.appending(path: "was-run").path)
    #expect(!ran)
  }
}
