/// What is compared of two answers.
struct Rules: Sendable {
  /// Bits of `PageView.state`.
  var states: UInt8 =
    PageView.present | PageView.swapped | PageView.file
    | (HostOracle.seesZeroPage ? PageView.zero : 0)
  /// Whether pages of files must be present in both or in neither: no, when one world maps more around a
  /// fault than the other.
  var fileResidency = true

  /// What differs, in one line; nil when nothing does.
  func difference(_ host: Answer, _ other: Answer, _ operation: Operation) -> String? {
    if host.value != other.value || host.signal != other.signal || host.code != other.code
      || host.refused != other.refused
    {
      return "host \(host.resultText(operation)), other \(other.resultText(operation))"
    }
    if !host.areas.isEmpty || !other.areas.isEmpty, host.areas != other.areas {
      return "areas: host \(host.areasText); other \(other.areasText)"
    }
    for (index, (first, second)) in zip(host.pages, other.pages).enumerated() {
      if let what = difference(first, second) { return "page \(index): \(what)" }
    }
    for (index, (first, second)) in zip(host.hashes, other.hashes).enumerated()
    where first != second {
      return "page \(index) read: host \(Self.hashText(first)), other \(Self.hashText(second))"
    }
    return nil
  }

  private func difference(_ host: PageView, _ other: PageView) -> String? {
    let present = PageView.present
    if !fileResidency, (host.state ^ other.state) & present != 0,
      (host.state | other.state) & PageView.file != 0
    {
      return nil
    }
    if host.state & states != other.state & states {
      return
        "state \(Self.stateText(host.state)) on the host, \(Self.stateText(other.state)) in the other"
    }
    if host.sampled, other.sampled, host.bytes != other.bytes {
      return
        "bytes \(Self.bytesText(host.bytes)) on the host, \(Self.bytesText(other.bytes)) in the other"
    }
    return nil
  }

  private static func stateText(_ state: UInt8) -> String {
    let names: [(UInt8, String)] = [
      (PageView.present, "present"), (PageView.swapped, "swapped"), (PageView.file, "file"),
      (PageView.zero, "zero page"),
    ]
    let words = names.filter { state & $0.0 != 0 }.map(\.1)
    return words.isEmpty ? "absent" : words.joined(separator: "+")
  }

  private static func bytesText(_ bytes: UInt32) -> String {
    "[" + (0..<4).map { "\(bytes >> (8 * $0) & 255)" }.joined(separator: " ") + "]"
  }

  private static func hashText(_ hash: UInt64) -> String {
    hash < 4096 ? "signal \(hash >> 8) code \(hash & 255)" : "bytes with hash \(hash)"
  }
}
