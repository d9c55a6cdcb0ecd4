import ArgumentParser
import Foundation

/// `--json`, the same in every command that prints facts: `@OptionGroup var output: OutputFormat`.
struct OutputFormat: ParsableArguments {
  @Flag(name: .long, help: "Print JSON instead of text; keys carry their units.")
  var json = false

  /// Prints `value` as JSON with sorted keys, so that the same value gives the same bytes.
  static func printJSON(_ value: some Encodable) throws { print(try text(value)) }

  /// The JSON that `printJSON` prints.
  static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
