/// What came of making one huge page of 512 pages (Linux's scan_result).
enum CollapseResult: Equatable {
  case collapsed
  /// There is a huge page already.
  case alreadyHuge
  /// Nothing is mapped there.
  case noTable
  /// More pages are missing, in swap or shared than khugepaged's settings allow.
  case exceedsNone, exceedsSwap, exceedsShared
  /// None was used lately.
  case lacksReferenced
  /// Somebody holds a page.
  case pageCount
  /// A page was swapped out while others came back.
  case pageFailed
  case noHugePage
  case noCharge

  /// Whether MADV_COLLAPSE goes on with the next block.
  var endsAdvice: Bool {
    switch self {
    case .noHugePage, .noCharge, .pageFailed: true
    default: false
    }
  }

  /// What MADV_COLLAPSE answers (madvise_collapse_errno).
  var errno: Errno {
    switch self {
    case .noHugePage: .noMemory
    case .noCharge, .exceedsNone: .busy
    case .pageCount: .tryAgain
    default: .invalid
    }
  }
}
