/// A text of commands, one per line, that checks itself.
///
/// A command that raises a signal or fails must be followed by an `expect`; else the script ends there.
public struct Script: Sendable {
  /// Stands before the line in errors: the name of the file.
  public let name: String
  public let lines: [String]

  public init(name: String, text: String) {
    self.name = name
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// Follows every line in `session`. `body` sees each of them, and its answer if it has one, before
  /// the next is followed.
  public func run(
    in session: Session, _ body: (_ number: Int, _ line: String, Reply?) -> Void
  ) throws(ScriptError) {
    var failed: Int?
    for (index, line) in lines.enumerated() {
      do throws(ScriptError) {
        let isExpectation = line.drop { $0 == " " || $0 == "\t" }.hasPrefix("expect ")
        if let failed, !isExpectation, try !Token.split(line).isEmpty {
          throw unexpected(session, failed)
        }
        let reply = try session.run(line)
        if reply != nil { failed = session.isUnexcused ? index + 1 : nil }
        body(index + 1, line, reply)
      } catch {
        throw placed(error, index + 1)
      }
    }
    if let failed { throw unexpected(session, failed) }
  }

  private func unexpected(_ session: Session, _ line: Int) -> ScriptError {
    placed(ScriptError(.unmet, "\(session.failureWords), which no 'expect' follows"), line)
  }

  /// Names the line unless the error knows one.
  private func placed(_ error: ScriptError, _ line: Int) -> ScriptError {
    var error = error
    if error.place == nil { error.place = "\(name):\(line)" }
    return error
  }
}
