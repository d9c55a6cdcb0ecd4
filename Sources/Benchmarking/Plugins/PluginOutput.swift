internal import Foundation
internal import Glibc

/// Standard output as it was at the start. What a plugin prints there goes to standard error instead.
final class PluginOutput {
  private let descriptor: Int32
  /// The last progress that was told.
  private(set) var progress = ""

  init() {
    descriptor = dup(STDOUT_FILENO)
    _ = dup2(STDERR_FILENO, STDOUT_FILENO)
  }

  func write(_ line: PluginLine) {
    if case .progress(let what) = line { progress = what }
    // Numbers and strings alone: encoding cannot fail.
    guard var bytes = try? JSONEncoder().encode(line) else { return }
    bytes.append(UInt8(ascii: "\n"))
    var rest = bytes[...]
    while !rest.isEmpty {
      // SAFETY: the kernel reads at most the count of the bytes.
      let count = unsafe rest.withUnsafeBytes { source in
        unsafe Glibc.write(descriptor, source.baseAddress, source.count)
      }
      if count < 0, errno == EINTR { continue }
      // The parent is gone: nobody reads, and nothing is left to do.
      guard count > 0 else { exit(1) }
      rest = rest.dropFirst(count)
    }
  }
}
