/// An error that a command ends with: one line that says what is wrong and what to do about it.
///
/// Printed as `framelab: MESSAGE` on standard error. The message has no final full stop, names the
/// file or option it is about, and says what was expected or which command helps.
struct CLIError: Error, Hashable, CustomStringConvertible {
  enum Kind: Int32, CaseIterable, Sendable {
    /// A check failed, or the answer to the question is no.
    case no = 1
    /// The command line or an input file is wrong.
    case badInput = 2
    /// The host lacks a permission or a facility; the message says which.
    case hostLacks = 3
  }

  var kind: Kind
  var message: String

  init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  static func badInput(_ message: String) -> CLIError { CLIError(.badInput, message) }
  static func hostLacks(_ message: String) -> CLIError { CLIError(.hostLacks, message) }
  static func no(_ message: String) -> CLIError { CLIError(.no, message) }

  var description: String { message }
}
