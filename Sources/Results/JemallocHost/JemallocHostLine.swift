/// One line of JemallocHost's standard output, a JSON object with one key: `progress` after every
/// sample, then either `repetition` or `failure`, which is the last line.
public enum JemallocHostLine: Hashable, Sendable {
  /// Share of the run that is done, 0 to 1.
  case progress(Double)
  case repetition(Repetition)
  /// One line that says what was wrong with the request or the host.
  case failure(String)
}

extension JemallocHostLine: Codable {
  enum CodingKeys: String, CodingKey {
    case progress, repetition, failure
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    if let share = try container.decodeIfPresent(Double.self, forKey: .progress) {
      self = .progress(share)
    } else if let repetition = try container.decodeIfPresent(
      Repetition.self, forKey: .repetition)
    {
      self = .repetition(repetition)
    } else {
      self = .failure(try container.decode(String.self, forKey: .failure))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .progress(let share): try container.encode(share, forKey: .progress)
    case .repetition(let repetition): try container.encode(repetition, forKey: .repetition)
    case .failure(let message): try container.encode(message, forKey: .failure)
    }
  }
}
