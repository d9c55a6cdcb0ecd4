/// An index in thousandths as the kernel prints it in debugfs (`%d.%03d` of quotient and remainder),
/// its quirk included: between -1 and 0 the sign stands behind the point, -500 prints `0.-500`.
public enum IndexText {
  /// `0.996`, `-1.000`, `0.-500`, `0.-07`.
  public static func text(_ thousandths: Int) -> String {
    let remainder = thousandths % 1000
    // C writes -1000 as quotient -1 and remainder 0, -500 as 0 and -500; %03d counts the sign.
    let digits = String(remainder.magnitude)
    let width = remainder < 0 ? 2 : 3
    let zeros = String(repeating: "0", count: max(0, width - digits.count))
    return "\(thousandths / 1000).\(remainder < 0 ? "-" : "")\(zeros)\(digits)"
  }

  /// Reads what `text` writes, and `-0.500` as other tools write it. Nil for anything else.
  public static func thousandths(_ text: some StringProtocol) -> Int? {
    guard let point = text.firstIndex(of: ".") else { return nil }
    let whole = text[..<point]
    var part = text[text.index(after: point)...]
    guard let quotient = Int(whole), whole.first != "+" else { return nil }
    var negative = whole.first == "-"
    if part.first == "-" {
      guard quotient == 0, !negative, part.count >= 3 else { return nil }
      negative = true
      part = part.dropFirst()
    } else if part.count != 3 {
      return nil
    }
    guard part.count <= 3, part.allSatisfy({ ("0"..."9").contains($0) }), let remainder = Int(part)
    else { return nil }
    let magnitude = abs(quotient) * 1000 + remainder
    return negative ? -magnitude : magnitude
  }
}
