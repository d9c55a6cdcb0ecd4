import ArgumentParser
import Experiments
import Foundation
import LinuxHost
import Results
import TraceFormats

/// What an error that reached the root becomes: an exit code, and one line for a person.
///
/// This is the only place that knows how the errors of the floors below map to exit codes; a new
/// error type is one case in `init`.
struct Failure {
  var exitCode: Int32
  var message: String
  /// Help, version and completion scripts travel as errors and belong on standard output.
  var isForStandardOutput = false

  init(_ error: any Error) {
    switch error {
    case let error as CLIError:
      self.init(error.kind.rawValue, error.message)
    case let error as TraceError:
      self.init(CLIError.Kind.badInput.rawValue, error.description)
    case let error as ExperimentError:
      self.init(CLIError.Kind.badInput.rawValue, error.description)
    case let error as ReferenceError:
      self.init(CLIError.Kind.badInput.rawValue, error.description)
    case let error as ResultError:
      let kind: CLIError.Kind = error.kind == .host ? .hostLacks : .badInput
      self.init(kind.rawValue, error.description)
    case let error as HostFileError:
      let kind: CLIError.Kind = error.isDenied ? .hostLacks : .badInput
      self.init(kind.rawValue, error.description)
    case let error as HostError:
      self.init(CLIError.Kind.hostLacks.rawValue, error.description)
    case let error as ExitCode:
      self.init(error.rawValue, "")
    case is CancellationError:
      self.init(Signals.exitCode ?? 130, "")
    case let error as CocoaError:
      self.init(cocoa: error)
    default:
      self.init(parser: error)
    }
    // Whatever a command died of after Ctrl-C, the shell must see that it was interrupted.
    if let interrupted = Signals.exitCode { exitCode = interrupted }
  }

  private init(_ exitCode: Int32, _ message: String) {
    self.exitCode = exitCode
    self.message = message
  }

  private init(cocoa error: CocoaError) {
    let denied: Set<CocoaError.Code> = [.fileReadNoPermission, .fileWriteNoPermission]
    let kind: CLIError.Kind = denied.contains(error.code) ? .hostLacks : .badInput
    let path = error.filePath.map { "\($0): " } ?? ""
    self.init(kind.rawValue, path + error.localizedDescription)
  }

  private init(parser error: any Error) {
    let full = Framelab.fullMessage(for: error, columns: Terminal.standardOutput.width)
    let code = Framelab.exitCode(for: error)
    switch code {
    case .success:
      self.init(0, full)
      isForStandardOutput = true
    case .validationFailure:
      self.init(CLIError.Kind.badInput.rawValue, Self.usageLine(error, full))
    default:
      self.init(CLIError.Kind.badInput.rawValue, String(describing: error))
    }
  }

  /// `Missing expected argument '<file>'; see 'framelab run --help'`
  private static func usageLine(_ error: any Error, _ full: String) -> String {
    let message = Framelab.message(for: error).split(separator: "\n").joined(separator: " ")
    let help = full.firstMatch(of: /See '(.*)' for more information/).map { String($0.1) }
    return "\(message); see '\(help ?? "framelab --help")'"
  }

  /// Prints the message where it belongs and ends the process.
  func exit() -> Never {
    if isForStandardOutput {
      if !message.isEmpty { print(message) }
    } else if !message.isEmpty {
      StandardError.write("framelab: \(message)\n")
    }
    Foundation.exit(exitCode)
  }
}
