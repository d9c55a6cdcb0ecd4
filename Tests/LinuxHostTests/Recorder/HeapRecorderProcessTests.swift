import Foundation
import LinuxHost
import Testing
import TraceFormats

/// Programs that fork, execute, die and misbehave.
@Suite("Heap recorder and processes")
struct HeapRecorderProcessTests {
  @Test("A child and a grandchild are recorded apart, with what they alone did")
  func forks() throws {
    let program = try RecordedProgram(
      """
      int main(void) {
        void *inherited = malloc(BIG(0));
        if (fork() == 0) {
          free(inherited);
          void *a = malloc(BIG(1));
          if (fork() == 0) {
            free(malloc(BIG(2)));
            _exit(0);
          }
          wait(NULL);
          free(a);
          _exit(3);
        }
        int status;
        wait(&status);
        free(inherited);
        free(malloc(BIG(3)));
        // A fork behind the back of the C library.
        if (syscall(SYS_fork) == 0) {
          free(malloc(BIG(4)));
          _exit(0);
        }
        wait(NULL);
        return WEXITSTATUS(status);
      }
      """)
    let recording = try program.record()
    #expect(recording.exit == .exited(3))
    #expect(recording.files.map(\.isFork) == [false, true, true, true])
    let names = recording.files.map { URL(filePath: $0.path).lastPathComponent }
    #expect(names == ["out.fltrace", "out.2.fltrace", "out.3.fltrace", "out.4.fltrace"])
    let traces = try recording.files.map { try HeapTrace.load(path: $0.path) }
    let sizes = traces.map { RecordedProgram.big($0).filter { $0.size > 0 }.map(\.size) }
    let big = { (index: UInt64) in 1_000_003 + 16 * index }
    #expect(sizes == [[big(0), big(3)], [big(1)], [big(2)], [big(4)]])
    #expect(traces[0].caveats == [])
    #expect(traces[1].caveats.count == 1)
    #expect(traces[1].caveats.first?.contains("1 objects of its parent") == true)
  }

  @Test("A new program in the same process, vfork and posix_spawn")
  func exec() throws {
    let program = try RecordedProgram(
      """
      int main(int count, char **arguments) {
        if (count > 1) {
          free(malloc(BIG(2)));
          return 0;
        }
        void *a = malloc(BIG(0));
        if (vfork() == 0) {
          execl("/bin/true", "true", NULL);
          _exit(1);
        }
        int status;
        wait(&status);
        if (status != 0) return 1;
        free(a);
        execl(arguments[0], arguments[0], "again", NULL);
        return 2;
      }
      """)
    let recording = try program.record()
    #expect(recording.exit == .exited(0))
    let traces = try recording.files.map { try HeapTrace.load(path: $0.path) }
    let sizes = traces.map { RecordedProgram.big($0).filter { $0.size > 0 }.map(\.size) }
    #expect(sizes.filter { !$0.isEmpty } == [[1_000_003], [1_000_035]])
    #expect(recording.files.first?.process == recording.files.last?.process)
  }

  @Test(
    "A program that is killed in the middle leaves all that it did", arguments: ["KILL", "exit"])
  func killed(how: String) throws {
    let program = try RecordedProgram(
      """
      int main(void) {
        for (int i = 0; i < 70000; i++) free(malloc(3001));
        malloc(BIG(0));
        \(how == "KILL" ? "kill(getpid(), SIGKILL);" : "_exit(5);")
      }
      """)
    let recording = try program.record()
    #expect(recording.exit == (how == "KILL" ? .signalled(SIGKILL) : .exited(5)))
    let trace = try HeapTrace.load(path: program.output)
    #expect(trace.caveats == [])
    #expect(trace.records.count { $0.size == 3001 } == 70_000)
    #expect(RecordedProgram.big(trace).map(\.brief) == ["allocate 1000003"])
  }

  @Test("Closed files and a cleared environment do not end a recording")
  func hostilePrograms() throws {
    let program = try RecordedProgram(
      """
      int main(void) {
        for (int i = 0; i < 1024; i++) close(i);
        clearenv();
        for (int i = 0; i < 200000; i++) free(malloc(3001));
        if (fork() == 0) {
          free(malloc(BIG(1)));
          _exit(0);
        }
        wait(NULL);
        return 0;
      }
      """)
    let recording = try program.record()
    #expect(recording.exit == .exited(0))
    #expect(recording.files.count == 2)
    let trace = try HeapTrace.load(path: program.output)
    #expect(trace.caveats == [])
    #expect(trace.records.count { $0.size == 3001 } == 200_000)
  }

  @Test("Under a limit on file sizes the program runs on, unrecorded")
  func fileSizeLimit() throws {
    let program = try RecordedProgram(
      """
      int main(int count, char **arguments) {
        struct rlimit small = {4096, 4096};
        if (count == 1) {
          setrlimit(RLIMIT_FSIZE, &small);
          execl(arguments[0], arguments[0], "again", NULL);
        }
        for (int i = 0; i < 100000; i++) free(malloc(3001));
        return 9;
      }
      """)
    let recording = try program.record()
    #expect(recording.exit == .exited(9))
    let traces = try recording.files.map { try HeapTrace.load(path: $0.path) }
    #expect(traces.allSatisfy { $0.records.allSatisfy { $0.size != 3001 } })
  }

  @Test("Signal handlers that map memory in the middle of everything break nothing")
  func signals() throws {
    let program = try RecordedProgram(
      """
      static volatile int calls;
      static void handle(int unused) {
        void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        munmap(page, 4096);
        calls++;
      }
      int main(void) {
        struct itimerval often = {{0, 200}, {0, 200}};
        signal(SIGALRM, handle);
        setitimer(ITIMER_REAL, &often, NULL);
        for (int i = 0; i < 400000; i++) free(malloc(3001));
        return calls > 0 ? 0 : 1;
      }
      """)
    let recording = try program.record()
    #expect(recording.exit == .exited(0))
    let trace = try HeapTrace.load(path: program.output)
    #expect(trace.records.count { $0.size == 3001 } == 400_000)
  }

  @Test("Interrupted: the program gets the signal, what was recorded is sealed")
  func interruption() throws {
    let program = try RecordedProgram(
      """
      int main(void) {
        for (;;) { free(malloc(3001)); usleep(100); }
      }
      """)
    let start = ContinuousClock.now
    // Ten samples of the resident size, or what a busy host leaves of them.
    let recording = try program.record {
      ContinuousClock.now - start > .milliseconds(1500) ? SIGTERM : nil
    }
    #expect(recording.exit == .signalled(SIGTERM))
    let trace = try HeapTrace.load(path: program.output)
    #expect(trace.caveats == [])
    #expect(trace.records.count > 100)
    #expect(trace.spanNs > 100_000_000)
    #expect(!trace.residentSamples.isEmpty)
    #expect(trace.residentSamples.allSatisfy { $0.residentBytes > 0 })
  }

  @Test("A recording can be read while it grows")
  func growing() throws {
    let program = try RecordedProgram(
      """
      int main(void) {
        for (int i = 0; i < 2600000; i++) { free(malloc(3001)); if (i % 1000 == 0) usleep(200); }
        return 0;
      }
      """)
    let partial = program.output + ".partial"
    var sizes: [Int] = []
    var recorder = try HeapRecorder(program.options)
    _ = try recorder.run(progress: { _ in
      if let trace = try? HeapTrace.load(path: partial) {
        sizes.append(trace.records.count)
        #expect(trace.caveats.count == 1)
        #expect(trace.caveats.first?.contains("not sealed") == true)
      }
    })
    #expect(sizes.count > 1)
    #expect(sizes == sizes.sorted())
    #expect((sizes.last ?? 0) > 0)
    #expect(FileManager.default.fileExists(atPath: partial) == false)
  }

  @Test("A command that does not exist, and one that cannot be executed")
  func unstartable() throws {
    let program = try RecordedProgram("int main(void) { return 0; }")
    var options = program.options
    options.command = ["/nonexistent/program"]
    var first = try HeapRecorder(options)
    let missing = #expect(throws: HostError.self) { try first.run() }
    #expect(missing?.kind == .commandNotFound)
    options.command = ["/etc/passwd"]
    var second = try HeapRecorder(options)
    let refused = #expect(throws: HostError.self) { try second.run() }
    #expect(refused?.kind == .commandNotExecutable)
    options.sharedFolder = "/nonexistent"
    #expect(throws: HostError.self) { _ = try HeapRecorder(options) }
  }

  @Test("The library needs the C library and nothing else")
  func dependencies() throws {
    let result = Command.run("readelf", "-d", Checkout.recorderLibrary)
    try #require(result.status == 0, "\(result.errors)")
    let needed = result.output.split(separator: "\n").filter { $0.contains("(NEEDED)") }
    #expect(needed.count == 1)
    #expect(needed.first?.contains("[libc.so.6]") == true)
  }

  @Test("Names of the files of further processes")
  func names() {
    var options = HeapRecordingOptions(command: [], output: "a.b/c.fltrace", library: "")
    #expect(options.path(number: 1) == "a.b/c.fltrace")
    #expect(options.path(number: 12) == "a.b/c.12.fltrace")
    options.output = "a.b/c"
    #expect(options.path(number: 2) == "a.b/c.2")
    options.output = "/a/.hidden"
    #expect(options.path(number: 2) == "/a/.hidden.2")
  }
}
