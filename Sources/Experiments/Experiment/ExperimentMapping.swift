internal import MemoryUnits
internal import Yams

/// The top-level mapping of an experiment file, with readers that know where each value stands.
struct ExperimentMapping {
  private let path: String
  private let pairs: [(key: Node, value: Node)]
  /// Keys whose values `--set` gave: errors about them are not the file's.
  private let overridden: Set<String>

  /// - Parameter overrides: `KEY=VALUE`, as `--set` takes them; they replace the file's own values.
  init(yaml text: String, path: String, overrides: [String]) throws {
    self.path = path
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch let error as YamlError {
      throw Self.syntaxError(error, text: text, path: path)
    }
    guard case .mapping(let mapping) = root else {
      throw ExperimentError(
        path: path, line: root?.mark?.line ?? 1,
        message: "expected lines of the form `key: value`, such as `recording: FILE`")
    }
    var pairs = mapping.map { ($0.key, $0.value) }
    var overridden: Set<String> = []
    for override in overrides {
      let parts = override.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, let value = try? Yams.compose(yaml: parts[1]) else {
        throw ExperimentError(path: "--set \(override)", message: "expected KEY=VALUE")
      }
      pairs.removeAll { $0.0.string == parts[0] }
      overridden.insert(parts[0])
      // Without a place: an error about it has no line of the file to name.
      pairs.append((Node(parts[0]), value.withoutMark))
    }
    self.pairs = pairs
    self.overridden = overridden
  }

  private static func syntaxError(
    _ error: YamlError, text: String, path: String
  ) -> ExperimentError {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return ExperimentError(path: path, line: mark.line, message: "not valid YAML: \(problem)")
    case .duplicatedKeysInMapping(let duplicates, _):
      // The error's own mark is that of the first occurrence; the second is the one to delete.
      let key = duplicates.first ?? ""
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      let second = lines.lastIndex { $0.hasPrefix(key) }.map { $0 + 1 }
      return ExperimentError(path: path, line: second, key: key, message: "given twice")
    default:
      return ExperimentError(path: path, message: "not valid YAML")
    }
  }

  func refuseUnknownKeys(_ known: [String]) throws {
    for (key, _) in pairs {
      guard let name = key.string, known.contains(name) else {
        throw error(
          key.string ?? "?", key,
          message: "unknown key; known are \(known.joined(separator: ", "))")
      }
    }
  }

  private func node(_ key: String) -> Node? {
    pairs.first { $0.key.string == key }?.value
  }

  private func mistake(_ key: String, _ node: Node, expected: String) -> ExperimentError {
    let found = node.scalar.map { "`\($0.string)`" } ?? "a list or mapping"
    return error(key, node, message: "\(found): expected \(expected)")
  }

  /// An error about a key at the place where its value comes from: the file and line, or `--set KEY`.
  private func error(_ key: String, _ node: Node, message: String) -> ExperimentError {
    overridden.contains(key)
      ? ExperimentError(path: "--set \(key)", message: message)
      : ExperimentError(path: path, line: node.mark?.line, key: key, message: message)
  }

  /// A value that `read` understands; nil when the key is absent.
  func value<Value>(
    _ key: String, expected: String, _ read: (String) -> Value?
  ) throws -> Value? {
    guard let node = node(key) else { return nil }
    guard let text = node.scalar?.string, let value = read(text) else {
      throw mistake(key, node, expected: expected)
    }
    return value
  }

  func text(_ key: String) throws -> String? {
    try value(key, expected: "text") { $0.isEmpty ? nil : $0 }
  }

  func optionalInteger(_ key: String, _ range: ClosedRange<Int>) throws -> Int? {
    try value(key, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)") {
      Int($0).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  func integer(_ parameter: Parameter<Int>, _ range: ClosedRange<Int>) throws -> Int {
    try optionalInteger(parameter.name, range) ?? parameter.defaultValue
  }

  /// The systems in the order of the file, each once; nil when the key is absent.
  func systems() throws -> [SystemName]? {
    let key = ExperimentParameters.systems.name
    guard let node = node(key) else { return nil }
    let known = SystemName.allCases.map(\.rawValue).joined(separator: ", ")
    let items: [Node]
    if case .sequence(let sequence) = node { items = Array(sequence) } else { items = [node] }
    guard !items.isEmpty else { throw mistake(key, node, expected: "one or more of \(known)") }
    var systems = [SystemName]()
    for item in items {
      guard let system = item.scalar.flatMap({ SystemName(rawValue: $0.string) }) else {
        throw mistake(key, item, expected: "one of \(known)")
      }
      guard !systems.contains(system) else {
        throw mistake(key, item, expected: "each system once")
      }
      systems.append(system)
    }
    return systems
  }
}

extension Node {
  /// The node as if it had not been read from a text; lists keep the places of their items off too.
  fileprivate var withoutMark: Node {
    switch self {
    case .scalar(let scalar): Node(scalar.string)
    case .sequence(let sequence): Node(sequence.map(\.withoutMark))
    default: self
    }
  }
}
