/// How a touch of a page range went.
@frozen
public enum TouchOutcome: Hashable, Sendable {
  /// All pages of the range are resident.
  case resident
  /// The machine has no frame left; the first `touched` pages of the range are resident.
  case outOfMemory(touched: Int)
  /// A page of the range is in no mapping (SIGSEGV); the pages before it are resident.
  case unmapped(page: Int)
}
