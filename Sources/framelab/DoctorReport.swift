import LinuxHost

/// What `framelab doctor` found: an answer in words, then a row per facility.
struct DoctorReport: Codable {
  var version = Version.number
  var commit = Version.commit
  var canRun: Bool
  var facilities: [Facility]

  enum CodingKeys: String, CodingKey {
    case version, commit, facilities
    case canRun = "can_run"
  }

  init(facilities: [Facility]) {
    self.facilities = facilities
    canRun = !facilities.contains { $0.need == .run && $0.state == .missing }
  }

  func text(width: Int) -> String {
    let nameWidth = (facilities.map(\.name.count).max() ?? 0) + 2
    let indent = String(repeating: " ", count: 9 + nameWidth)
    var lines = [answer, ""]
    for facility in facilities {
      let state = facility.state == .present ? "ok" : facility.state.rawValue
      let found = Self.wrapped(facility.detail, width: width - indent.count)
      lines.append(state.padded(to: 9) + facility.name.padded(to: nameWidth) + (found.first ?? ""))
      lines += found.dropFirst().map { indent + $0 }
      for (word, text) in [("costs", facility.cost), ("get it", facility.remedy)] {
        guard let text else { continue }
        lines += Self.wrapped("\(word): \(text)", width: width - indent.count).map { indent + $0 }
      }
    }
    return lines.joined(separator: "\n")
  }

  private var answer: String {
    let stopping = facilities.filter { $0.need == .run && $0.state == .missing }.map(\.name)
    let lacking = facilities.filter { $0.state != .present }.count
    if !stopping.isEmpty {
      return "framelab run does not work here: it needs \(stopping.joined(separator: ", "))."
    }
    let rest =
      lacking == 0
      ? "Nothing is missing." : "What is missing or partial below costs what its row says."
    return "This host has what framelab run needs. \(rest)"
  }

  /// Breaks a text at spaces into lines of at most `width` characters.
  static func wrapped(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
