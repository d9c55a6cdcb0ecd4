internal import MemoryUnits

/// What stands behind the verb of a line, read from left to right. Every error says what was expected.
struct Arguments {
  private var tokens: ArraySlice<Token>

  init(_ tokens: some Sequence<Token>) { self.tokens = ArraySlice(tokens) }

  var isAtEnd: Bool { tokens.isEmpty }

  /// The next word if it is one of those given, which is then taken.
  mutating func take(_ words: String...) -> String? {
    guard case .word(let word)? = tokens.first, words.contains(word) else { return nil }
    tokens.removeFirst()
    return word
  }

  /// Takes the next word if it can be made into a value.
  mutating func take<Value>(_ make: (String) -> Value?) -> Value? {
    guard case .word(let word)? = tokens.first, let value = make(word) else { return nil }
    tokens.removeFirst()
    return value
  }

  mutating func word(_ what: String) throws(ScriptError) -> String {
    guard case .word(let word)? = tokens.first else { throw expected(what) }
    tokens.removeFirst()
    return word
  }

  /// The next word made into a value; `what` names it in the error.
  mutating func value<Value>(
    _ what: String, _ make: (String) -> Value?
  ) throws(ScriptError) -> Value {
    guard let value = take(make) else { throw expected(what) }
    return value
  }

  /// A count or a size: `3`, `0x2000`, `64KiB`, `8GiB`.
  mutating func size(_ what: String) throws(ScriptError) -> Int {
    try value(what, Self.size)
  }

  static func size(_ word: String) -> Int? {
    if word.hasPrefix("0x") { return Int(word.dropFirst(2), radix: 16) }
    return ByteCount(word)?.rawValue
  }

  /// A text in quotes, or bytes of two hexadecimal digits, with or without 0x, to the end of the line.
  mutating func bytes() throws(ScriptError) -> [UInt8] {
    var bytes: [UInt8] = []
    while let token = tokens.first {
      switch token {
      case .text(let text): bytes += text
      case .word(let word):
        let digits = word.hasPrefix("0x") ? word.dropFirst(2) : Substring(word)
        guard let byte = UInt8(digits, radix: 16) else {
          throw expected("bytes such as 0x2a 07, or a \"text\"")
        }
        bytes.append(byte)
      }
      tokens.removeFirst()
    }
    guard !bytes.isEmpty else { throw expected("bytes such as 0x2a 07, or a \"text\"") }
    return bytes
  }

  /// The line must end here.
  func end() throws(ScriptError) {
    guard !tokens.isEmpty else { return }
    throw expected("the end of the line")
  }

  /// The error for what comes next.
  func expected(_ what: String) -> ScriptError {
    switch tokens.first {
    case nil: ScriptError(.usage, "expected \(what) at the end of the line")
    case .word(let word): ScriptError(.usage, "expected \(what), not '\(word)'")
    case .text: ScriptError(.usage, "expected \(what), not a text in quotes")
    }
  }
}
