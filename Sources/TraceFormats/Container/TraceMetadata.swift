/// The `key=value` lines of a recording. Values hold no line breaks; unknown keys are kept.
package struct TraceMetadata: Hashable, Sendable {
  package private(set) var values: [String: String]

  package init(_ values: [String: String] = [:]) { self.values = values }

  package subscript(key: String) -> String? {
    get { values[key] }
    set { values[key] = newValue.map { String($0.map { $0.isNewline ? " " : $0 }) } }
  }

  package func number(_ key: String) -> UInt64? { values[key].flatMap { UInt64($0) } }

  package var bytes: [UInt8] {
    Array(values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }.joined().utf8)
  }

  package init(bytes: some Sequence<UInt8>) {
    values = [:]
    for line in String(decoding: Array(bytes), as: UTF8.self).split(separator: "\n") {
      let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { values[String(parts[0])] = String(parts[1]) }
    }
  }
}
