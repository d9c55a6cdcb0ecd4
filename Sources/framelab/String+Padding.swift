extension String {
  /// Filled with spaces up to `width` characters; longer text stays as it is.
  func padded(to width: Int, right: Bool = false) -> String {
    let spaces = String(repeating: " ", count: max(0, width - count))
    return right ? spaces + self : self + spaces
  }
}
