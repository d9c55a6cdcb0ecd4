import Foundation
import Testing
import VirtualMemory

@Suite("Programs: as the host's kernel loads them")
struct KernelExecTests {
  /// The kernel without randomization, stopped by ptrace before a program's first instruction.
  static let host = HostLoader()

  @Test(
    "areas of program and interpreter, stack, start of the heap", .enabled(if: host != nil),
    arguments: [
      ["-static"], ["-static-pie"], ["-no-pie"], ["-pie"], ["-pie", "-Wl,-z,noseparate-code"],
      ["-no-pie", "-Wl,-z,execstack"], ["-pie", "-Wl,-z,max-page-size=0x10000"],
    ])
  func compiled(options: [String]) throws {
    let host = try #require(Self.host)
    guard let program = host.compile(options) else { return }
    #expect(try compare(host, program), "the host tells nothing of \(program)")
  }

  /// None of them gets to its first instruction.
  @Test("programs of the host", .enabled(if: host != nil))
  func installed() throws {
    let host = try #require(Self.host)
    var compared = 0
    for name in try FileManager.default.contentsOfDirectory(atPath: "/usr/bin").sorted() {
      guard compared < (isLong ? 200 : 5) else { break }
      let program = "/usr/bin/" + name
      let attributes = try? FileManager.default.attributesOfItem(
        atPath: URL(filePath: program).resolvingSymlinksInPath().path)
      // The kernel gives set-id programs random addresses whatever was asked for.
      guard
        (attributes?[.posixPermissions] as? NSNumber).map({ $0.intValue & 0o6000 == 0 }) == true,
        let image = try? ElfImage(Self.bytes(program)),
        image.interpreter.map({ FileManager.default.fileExists(atPath: $0) }) ?? true
      else { continue }
      if try compare(host, program) { compared += 1 }
    }
    #expect(compared > 0)
  }

  /// False when the host tells nothing of the program, and nothing was compared.
  private func compare(_ host: HostLoader, _ program: String) throws -> Bool {
    guard let real = host.areas(of: program) else { return false }
    var machine = Machine(MachineConfiguration(frameCount: 1 << 14))
    let task = try machine.spawn()
    try machine.addFile(program, MemoryFileStore(Self.bytes(program)))
    let image = try ElfImage(Self.bytes(program))
    if let interpreter = image.interpreter {
      try machine.addFile(interpreter, MemoryFileStore(Self.bytes(interpreter)))
    }
    try machine.exec(task, program)
    machine.validate()
    let found = machine.addressSpace(of: task)
    let space = try #require(found)
    #expect(areas(space) == real.areas, "\(program)")
    #expect(space.heapStart == real.heapStart, "\(program)")
    let name = Array(program.utf8) + [0]
    #expect(try machine.load(task, real.argumentStart, count: name.count) == name)
    return true
  }

  static func bytes(_ path: String) -> [UInt8] {
    FileManager.default.contents(atPath: path).map { [UInt8]($0) } ?? []
  }
}

/// Starts programs on the host and looks at them; nil where there is no compiler or no ptrace.
struct HostLoader {
  struct Loaded {
    var areas: [String]
    var heapStart: Int
    var argumentStart: UInt64
  }

  private let folder: String

  init?() {
    folder = NSTemporaryDirectory() + "framelab-exec-\(ProcessInfo.processInfo.processIdentifier)"
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    guard build(Self.tracer, ["-o", folder + "/tracer"]), areas(of: "/bin/true") != nil else {
      return nil
    }
  }

  /// A program with data and .bss of several pages.
  func compile(_ options: [String]) -> String? {
    let path = folder + "/program" + options.joined().replacingOccurrences(of: "/", with: "")
    let source = "char big[100000]; int data[3000] = {1}; int main(void) { return big[5]; }\n"
    return build(source, options + ["-o", path]) ? path : nil
  }

  func areas(of program: String) -> Loaded? {
    guard let text = run(folder + "/tracer", [program]) else { return nil }
    var lines = text.split(separator: "\n").map(String.init)
    // The line of /proc/PID/stat, whose second field is in parentheses.
    guard let stat = lines.popLast()?.split(separator: ")").last?.split(separator: " "),
      stat.count > 45, let heap = Int(stat[44]), let arguments = UInt64(stat[45])
    else { return nil }
    return Loaded(areas: lines.compactMap(Self.area), heapStart: heap, argumentStart: arguments)
  }

  /// One line of maps as `areas(_:)` writes it; nil for what the simulator leaves out.
  private static func area(_ line: String) -> String? {
    let words = line.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
    guard words.count >= 5, !line.contains("[v") else { return nil }
    let ends = words[0].split(separator: "-").compactMap { Int($0, radix: 16) }
    guard ends.count == 2, let offset = Int(words[2], radix: 16) else { return nil }
    let isFile = words[4] != "0"
    return String(ends[0] >> 12, radix: 16) + "-" + String(ends[1] >> 12, radix: 16) + " "
      + words[1] + " " + (isFile ? String(offset >> 12, radix: 16) + " file" : "0")
  }

  private func build(_ source: String, _ options: [String]) -> Bool {
    let path = folder + "/source.c"
    guard (try? source.write(toFile: path, atomically: true, encoding: .utf8)) != nil else {
      return false
    }
    return run("/usr/bin/env", ["cc", path] + options) != nil
  }

  /// What a command printed; nil when it failed.
  private func run(_ path: String, _ arguments: [String]) -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
  }

  private static let tracer = """
    #include <signal.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <sys/personality.h>
    #include <sys/ptrace.h>
    #include <sys/wait.h>
    #include <unistd.h>
    static void print(int pid, const char *name) {
      char path[64], line[8192];
      snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
      FILE *file = fopen(path, "r");
      if (!file) exit(1);
      while (fgets(line, sizeof line, file)) fputs(line, stdout);
      fclose(file);
    }
    int main(int argc, char **argv) {
      int pid = fork(), status;
      if (pid == 0) {
        char *none[] = {0};
        if (personality(ADDR_NO_RANDOMIZE) < 0 || ptrace(PTRACE_TRACEME, 0, 0, 0) < 0) _exit(1);
        execve(argv[1], argv + 1, none);
        _exit(1);
      }
      if (waitpid(pid, &status, 0) < 0 || !WIFSTOPPED(status)) return 1;
      print(pid, "maps");
      print(pid, "stat");
      kill(pid, SIGKILL);
      return 0;
    }
    """
}
