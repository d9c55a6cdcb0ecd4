/// A method and a goal in one line of text, as experiment files have it: `frag 60% unmovable 5%
/// free 50%`. Recorded churn, and it alone, has a recording, whose path is the rest of the line:
/// `recorded-churn 60% trace clang.fltrace`.
public struct AgingRequest: Hashable, Sendable {
  public var method: AgingMethod
  public var goal: AgingGoal
  /// The path of the recording of recorded churn.
  public var trace: String?

  public init(_ method: AgingMethod, _ goal: AgingGoal, trace: String? = nil) {
    self.method = method
    self.goal = goal
    self.trace = trace
  }

  /// Nil for what is no such line.
  public init?(_ text: some StringProtocol) {
    var words = text.split(separator: " ")
    var trace: String?
    if let index = words.firstIndex(of: "trace") {
      guard index + 1 < words.count else { return nil }
      // Paths may have blanks.
      trace = String(text[words[index + 1].startIndex..<words[words.count - 1].endIndex])
      words.removeSubrange(index...)
    }
    guard words.count >= 2, words.count % 2 == 0, let method = AgingMethod(rawValue: "\(words[0])"),
      let unusable = Self.share(words[1])
    else { return nil }
    guard (method == .recordedChurn) == (trace != nil) else { return nil }
    self.init(method, AgingGoal(unusable: unusable), trace: trace)
    for index in stride(from: 2, to: words.count, by: 2) {
      guard let share = Self.share(words[index + 1]) else { return nil }
      switch words[index] {
      case "unmovable": goal.unmovable = share
      case "free": goal.free = share
      default: return nil
      }
    }
  }

  /// A share as people write it, `60%` or `0.6`; nil for anything else and outside of 0...1.
  public static func share(_ text: some StringProtocol) -> Double? {
    let isPercent = text.hasSuffix("%")
    guard let number = Double(isPercent ? String(text.dropLast()) : String(text)) else {
      return nil
    }
    let share = isPercent ? number / 100 : number
    return (0...1).contains(share) ? share : nil
  }
}

extension AgingRequest: CustomStringConvertible {
  /// Reads back as the same.
  public var description: String {
    var text = "\(method.rawValue) \(goal.unusable)"
    if goal.unmovable > 0 { text += " unmovable \(goal.unmovable)" }
    if let free = goal.free { text += " free \(free)" }
    if let trace { text += " trace \(trace)" }
    return text
  }
}

extension AgingRequest: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let request = AgingRequest(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "'\(text)' is no request for aged memory")
    }
    self = request
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
