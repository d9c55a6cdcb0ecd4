import Foundation
import LinuxHost
import Testing
import TraceFormats

/// Programs that lose the way to the recorder's files, and a host that has no room for them.
@Suite("Heap recorder and restricted programs")
struct HeapRecorderRestrictionTests {
  private static let isRoot = geteuid() == 0

  private func program(_ restriction: String, pairs: Int) throws -> RecordedProgram {
    try RecordedProgram(
      """
      static int lacks_descriptors(void) {
        struct rlimit none = {0, 0};
        return setrlimit(RLIMIT_NOFILE, &none);
      }
      int main(void) {
        // A recording begins with the first event, and that needs its folder.
        free(malloc(1));
        if (\(restriction)) return 1;
        for (int i = 0; i < \(pairs); i++) free(malloc(3001));
        return 0;
      }
      """)
  }

  @Test(
    "Another root, another user: nothing is lost", .enabled(if: isRoot),
    arguments: ["chroot(\"/proc\")", "setgid(65534) || setuid(65534)"])
  func privileges(restriction: String) throws {
    try losesNothing(restriction)
  }

  @Test("No descriptors: nothing is lost")
  func descriptors() throws {
    try losesNothing("lacks_descriptors()")
  }

  private func losesNothing(_ restriction: String) throws {
    // Some fifty chunks' worth.
    let program = try program(restriction, pairs: 400_000)
    let recording = try program.record()
    #expect(recording.exit == .exited(0))
    #expect(recording.files.first?.lostEvents == 0)
    let trace = try HeapTrace.load(path: program.output)
    #expect(trace.caveats == [])
    #expect(trace.records.count { $0.size == 3001 } == 400_000)
  }

  @Test("A program that cannot see whether framelab runs says when it stopped, and what is missing")
  func silentParent() throws {
    // The parent comes by every two seconds, the program works half-way between.
    let restriction = "usleep(3000000) || lacks_descriptors()"
    let program = try program(restriction, pairs: 1_000_000)
    var options = program.options
    options.patienceNs = 200_000_000
    var recorder = try HeapRecorder(options, system: AlteredSystem(sleepNs: 2_000_000_000))
    let recording = try recorder.run()
    #expect(recording.exit == .exited(0))
    let file = try #require(recording.files.first)
    #expect(file.lostEvents > 0)
    #expect(file.events + file.lostEvents == 2_000_002)
    let caveats = try HeapTrace.load(path: program.output).caveats
    #expect(caveats.contains { $0.hasPrefix("Recording stopped after ") }, "\(caveats)")
    #expect(caveats.contains { $0.hasPrefix("\(file.lostEvents) events ") }, "\(caveats)")
  }

  @Test(
    "In a full shared memory every lost event is counted, and none costs a search",
    .enabled(if: SmallFileSystem.isPossible, "needs root and mount"))
  func fullMemory() throws {
    let room = try SmallFileSystem(megabytes: 2)
    let program = try RecordedProgram(
      """
      int main(void) {
        for (int i = 0; i < 3000000; i++) free(malloc(3001));
        struct rusage used;
        getrusage(RUSAGE_SELF, &used);
        return used.ru_utime.tv_sec + used.ru_stime.tv_sec >= 1;
      }
      """)
    var options = program.options
    options.sharedFolder = room.path
    // The parent comes when all is over; the file system is unmounted after it.
    func record() throws -> HeapRecording {
      var recorder = try HeapRecorder(options, system: AlteredSystem(sleepNs: 2_000_000_000))
      return try recorder.run()
    }
    let recording = try record()
    #expect(recording.exit == .exited(0), "more than a second of processor time")
    let file = try #require(recording.files.first)
    #expect(file.lostEvents > 1_000_000)
    #expect(file.events > 100_000)
    #expect(file.events + file.lostEvents == 6_000_000)
  }
}
