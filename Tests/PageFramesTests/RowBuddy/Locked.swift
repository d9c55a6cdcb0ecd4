import Foundation

/// A value behind a lock that the thread sanitizer knows: it does not see into the standard library's
/// Mutex and would report what that protects as races.
final class Locked<Value>: @unchecked Sendable {
  private let lock = NSLock()
  private var value: Value

  init(_ value: Value) { self.value = value }

  func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
    lock.lock()
    defer { lock.unlock() }
    return body(&value)
  }
}
