import LinuxHost

/// What `Progress` shows: a pure value, from states and times to the text that redraws the bars.
struct ProgressDrawer {
  private struct Line {
    var label: String
    var fraction = 0.0
    var started: ContinuousClock.Instant?
    var ended: ContinuousClock.Instant?
  }

  /// Work shorter than this shows nothing.
  static let threshold = Duration.seconds(2)
  private static let interval = Duration.milliseconds(100)
  private static let cells = 20

  private let title: String
  private let terminal: Terminal
  private let created: ContinuousClock.Instant
  private var lines: [Line] = []
  private var drawnLines = 0
  private var drawnAt: ContinuousClock.Instant?

  init(title: String, terminal: Terminal, now: ContinuousClock.Instant = .now) {
    self.title = title
    self.terminal = terminal
    created = now
  }

  mutating func add(_ label: String) -> Int {
    lines.append(Line(label: label))
    return lines.count - 1
  }

  mutating func update(_ index: Int, _ fraction: Double, now: ContinuousClock.Instant) {
    if lines[index].started == nil { lines[index].started = now }
    lines[index].fraction = min(max(fraction, 0), 1)
    if fraction >= 1, lines[index].ended == nil { lines[index].ended = now }
  }

  /// The text that replaces the last frame by the present state, or nil when nothing is to be drawn
  /// now.
  mutating func frame(now: ContinuousClock.Instant, isFinal: Bool) -> String? {
    if isFinal {
      guard drawnAt != nil else { return nil }
    } else if let drawnAt {
      guard now - drawnAt >= Self.interval else { return nil }
    } else {
      guard expectedTotal(now) > Self.threshold else { return nil }
    }
    drawnAt = now
    var text = drawnLines > 0 ? "\u{1B}[\(drawnLines)A" : ""
    let shown = (title.isEmpty ? [] : [fitted(title, terminal.width)]) + lines.map { row($0, now) }
    for line in shown { text += "\r\(line)\u{1B}[K\n" }
    drawnLines = shown.count
    return text
  }

  /// The time that the whole will take if it goes on as it did; before a tenth of a second has
  /// passed nothing is known.
  private func expectedTotal(_ now: ContinuousClock.Instant) -> Duration {
    let elapsed = now - created
    let done = lines.map(\.fraction).reduce(0, +) / Double(max(lines.count, 1))
    guard elapsed > Self.interval, done > 0 else { return elapsed }
    return elapsed / done
  }

  private func row(_ line: Line, _ now: ContinuousClock.Instant) -> String {
    let labelWidth = min(max(lines.map(\.label.count).max() ?? 0, 24), terminal.width - 42)
    let label = fitted(line.label, labelWidth).padded(to: labelWidth)
    let percent = "\(Int((line.fraction * 100).rounded(.down)))%".padded(to: 4, right: true)
    return "  \(label)  \(coloured(bar(line.fraction))) \(percent)  \(time(line, now))"
  }

  private func bar(_ fraction: Double) -> String {
    let eighths = Int((fraction * Double(Self.cells * 8)).rounded(.down))
    let full = String(repeating: "█", count: eighths / 8)
    let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    return (full + parts[eighths % 8]).padded(to: Self.cells)
  }

  private func coloured(_ text: String) -> String {
    terminal.hasColour ? "\u{1B}[36m\(text)\u{1B}[0m" : text
  }

  private func time(_ line: Line, _ now: ContinuousClock.Instant) -> String {
    guard let started = line.started else { return "" }
    if let ended = line.ended { return Self.seconds(ended - started) }
    guard line.fraction > 0 else { return "" }
    let elapsed = now - started
    return "eta " + Self.seconds(elapsed / line.fraction - elapsed)
  }

  /// `2.4 s`, `48 s`, `3 min 20 s`
  static func seconds(_ duration: Duration) -> String {
    let tenths = Int((duration / .milliseconds(100)).rounded())
    if tenths < 100 { return "\(tenths / 10).\(tenths % 10) s" }
    let whole = (tenths + 5) / 10
    return whole < 120 ? "\(whole) s" : "\(whole / 60) min \(whole % 60) s"
  }

  private func fitted(_ text: String, _ width: Int) -> String {
    text.count <= width ? text : text.prefix(max(width - 1, 0)) + "…"
  }
}
