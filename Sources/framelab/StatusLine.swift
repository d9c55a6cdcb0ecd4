import LinuxHost

/// One line on standard error that is overwritten while a command works; nothing where no person
/// watches.
struct StatusLine {
  private let isShown = Terminal.standardError.isInteractive
  private let width = Terminal.standardError.width

  func show(_ text: String) {
    if isShown { StandardError.write("\r\(text.prefix(width - 1))\u{1B}[K") }
  }

  func clear() {
    if isShown { StandardError.write("\r\u{1B}[K") }
  }
}
