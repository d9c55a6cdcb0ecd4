internal import MemoryUnits
internal import Yams

/// A mapping within a geometry file, with readers that know where each value stands.
struct GeometryNode {
  private let path: String
  /// `caches.l1_data` and so on; empty at the top.
  private let prefix: String
  private let node: Node

  private init(path: String, prefix: String, node: Node) {
    self.path = path
    self.prefix = prefix
    self.node = node
  }

  init(yaml text: String, path: String) throws {
    do {
      guard let root = try Yams.compose(yaml: text), root.mapping != nil else {
        throw ExperimentError(
          path: path, line: 1, message: "expected lines of the form `key: value`")
      }
      self.init(path: path, prefix: "", node: root)
    } catch let error as YamlError {
      switch error {
      case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
        .composer(_, let problem, let mark, _):
        throw ExperimentError(
          path: path, line: mark.line, message: "not valid YAML: \(problem)")
      case .duplicatedKeysInMapping(let keys, _):
        throw ExperimentError(path: path, key: keys.first, message: "given twice")
      default: throw ExperimentError(path: path, message: "not valid YAML")
      }
    }
  }

  private func found(_ key: String) -> Node? { node.mapping?[Node(key)] }

  private func full(_ key: String) -> String { prefix.isEmpty ? key : "\(prefix).\(key)" }

  func has(_ key: String) -> Bool { found(key) != nil }

  /// An error about a key, at its line or at that of the mapping.
  func mistake(_ key: String, _ message: String) -> ExperimentError {
    ExperimentError(
      path: path, line: found(key)?.mark?.line ?? node.mark?.line, key: full(key),
      message: message)
  }

  func refuseUnknown(_ known: [String]) throws {
    guard let mapping = node.mapping else {
      throw ExperimentError(
        path: path, line: node.mark?.line, key: prefix,
        message: "expected a mapping with \(known.joined(separator: ", "))")
    }
    for (key, _) in mapping where !known.contains(key.string ?? "") {
      throw ExperimentError(
        path: path, line: key.mark?.line, key: full(key.string ?? "?"),
        message: "unknown key; known are \(known.joined(separator: ", "))")
    }
  }

  func child(_ key: String) throws -> GeometryNode? {
    guard let value = found(key) else { return nil }
    guard value.scalar == nil else {
      throw mistake(key, "`\(value.scalar?.string ?? "")`: expected a mapping")
    }
    return GeometryNode(path: path, prefix: full(key), node: value)
  }

  func required(_ key: String) throws -> GeometryNode {
    guard let child = try child(key) else { throw mistake(key, "missing; expected a mapping") }
    return child
  }

  /// The mappings of a list; of a single mapping itself.
  var items: [GeometryNode] {
    guard case .sequence(let sequence) = node else { return [self] }
    return sequence.map { GeometryNode(path: path, prefix: prefix, node: $0) }
  }

  func text(_ key: String) throws -> String? { found(key)?.scalar?.string }

  func optionalInteger(_ key: String, _ range: ClosedRange<Int>) throws -> Int? {
    guard let value = found(key) else { return nil }
    guard let text = value.scalar?.string, let number = Int(text), range.contains(number) else {
      throw mistake(
        key,
        "`\(value.scalar?.string ?? "a list or mapping")`: expected a whole number from "
          + "\(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func integer(_ key: String, _ range: ClosedRange<Int>) throws -> Int {
    guard let number = try optionalInteger(key, range) else {
      throw mistake(
        key, "missing; expected a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func power(_ key: String, _ range: ClosedRange<Int>) throws -> Int {
    let number = try integer(key, range)
    guard number & (number - 1) == 0 else {
      throw mistake(key, "`\(number)`: expected a power of two")
    }
    return number
  }

  func flag(_ key: String) throws -> Bool? {
    guard let value = found(key) else { return nil }
    switch value.scalar?.string {
    case "true", "yes": return true
    case "false", "no": return false
    default: throw mistake(key, "expected true or false")
    }
  }

  func integers(_ key: String, _ range: ClosedRange<Int>) throws -> [Int] {
    let expected =
      "expected a list of whole numbers from \(range.lowerBound) to \(range.upperBound)"
    guard let sequence = found(key)?.sequence, !sequence.isEmpty else {
      throw mistake(key, expected)
    }
    return try sequence.map { item in
      guard let number = item.scalar.flatMap({ Int($0.string) }), range.contains(number) else {
        throw mistake(key, expected)
      }
      return number
    }
  }

  func pageSizes(_ key: String) throws -> [PageSize] {
    guard let sequence = found(key)?.sequence, !sequence.isEmpty else {
      throw mistake(key, "expected a list of 4KiB, 2MiB, 1GiB")
    }
    return try sequence.map { item in
      let text = item.scalar?.string ?? ""
      guard let size = PageSize.allCases.first(where: { $0.bytes == ByteCount(text) }) else {
        throw mistake(key, "`\(text)`: expected 4KiB, 2MiB or 1GiB")
      }
      return size
    }
  }
}
