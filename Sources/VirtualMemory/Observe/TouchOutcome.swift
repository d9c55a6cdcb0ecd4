/// How a touch of a range of pages went.
@frozen
public enum TouchOutcome: Hashable, Sendable {
  /// All pages of the range were accessed.
  case resident
  /// The machine has no frame left; the first `touched` pages of the range were accessed.
  case outOfMemory(touched: Int)
  /// What the access of a page raised; the pages before it were accessed.
  case signal(Signal, page: Int)
}
