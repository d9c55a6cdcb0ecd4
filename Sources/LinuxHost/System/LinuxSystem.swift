internal import CHardware
internal import Glibc

/// The real system calls.
package struct LinuxSystem: HostSystem {
  package init() {}

  package func monotonicNs() -> UInt64 { time(CLOCK_MONOTONIC) }

  package func processorNs() -> UInt64 { time(CLOCK_THREAD_CPUTIME_ID) }

  private func time(_ clock: clockid_t) -> UInt64 {
    var now = timespec()
    // SAFETY: the kernel fills one timespec.
    _ = unsafe clock_gettime(clock, &now)
    return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
  }

  package func cycles() -> UInt64 { framelab_cycles() }

  package func sleep(ns: UInt64) {
    var pause = timespec(tv_sec: Int(ns / 1_000_000_000), tv_nsec: Int(ns % 1_000_000_000))
    // SAFETY: the kernel reads one timespec; a signal may end the sleep early, as it should.
    _ = unsafe nanosleep(&pause, nil)
  }

  package func contents(of path: String) -> [UInt8]? {
    // SAFETY: a C string for the duration of the call.
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { _ = close(file) }
    var content = [UInt8]()
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      // SAFETY: the kernel writes at most the buffer's length.
      let count = unsafe buffer.withUnsafeMutableBytes { target in
        unsafe read(file, target.baseAddress, target.count)
      }
      if count < 0, errno == EINTR { continue }
      if count < 0 { return nil }
      if count == 0 { return content }
      content.append(contentsOf: buffer[..<count])
    }
  }

  package func names(in folder: String) -> [String] {
    // SAFETY: the stream is closed on every way out; entries are copied before the next is read.
    guard let stream = unsafe opendir(folder) else { return [] }
    defer { _ = unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: entry.pointee.d_name) { tuple in
        unsafe tuple.withMemoryRebound(to: CChar.self, capacity: 256) { text in
          unsafe String(cString: text)
        }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  package func ended(child: Int32) -> ProgramExit? {
    var status: Int32 = 0
    // SAFETY: the kernel writes one status.
    guard unsafe waitpid(child, &status, WNOHANG) == child else { return nil }
    let signal = status & 0x7F
    return signal == 0 ? .exited(status >> 8 & 0xFF) : .signalled(signal)
  }

  package func send(signal: Int32, to process: Int32) { _ = kill(process, signal) }

  package func isAlive(_ process: Int32) -> Bool {
    guard let stat = contents(of: "/proc/\(process)/stat") else { return false }
    // `pid (name) state ...`; the name may hold anything, parentheses too.
    guard let end = stat.lastIndex(of: UInt8(ascii: ")")), end + 2 < stat.count else { return true }
    return stat[end + 2] != UInt8(ascii: "Z") && stat[end + 2] != UInt8(ascii: "X")
  }
}
