/// What references add up to, in figures; fed batch by batch.
public struct AccessTraceSummary: Sendable {
  private var counts: InlineArray<4, Int> = .init(repeating: 0)
  private var touched = PageTally()
  private var touchedLarge = PageTally()
  // Most references stay in the page of the last one of their kind.
  private var lastPage: InlineArray<4, UInt64> = .init(repeating: .max)

  /// The smallest address; nil without references.
  public private(set) var lowestAddress: UInt64?
  /// The last byte of the reference that ends highest.
  public private(set) var highestAddress: UInt64 = 0
  /// References with bytes in two pages of 4 KiB, which take two translations.
  public private(set) var crossingCount = 0

  private static let pageShift: UInt64 = 12
  private static let largeShift: UInt64 = 21

  public init() {}

  public mutating func add(_ batch: [AccessRecord]) {
    for record in batch {
      let kind = Int(record.kind.rawValue)
      counts[kind] += 1
      let (end, wraps) = record.address.addingReportingOverflow(UInt64(record.size) &- 1)
      let last = wraps ? .max : end
      lowestAddress = min(lowestAddress ?? .max, record.address)
      highestAddress = max(highestAddress, last)
      let page = record.address >> Self.pageShift
      let isCrossing = last >> Self.pageShift != page
      if isCrossing { crossingCount += 1 }
      if page == lastPage[kind], !isCrossing { continue }
      touch(page, kind)
      if isCrossing { touch(page &+ 1, kind) }
      lastPage[kind] = page
    }
  }

  private mutating func touch(_ page: UInt64, _ kind: Int) {
    touched.add(page, 1 << UInt8(kind))
    touchedLarge.add(page >> (Self.largeShift - Self.pageShift), 1 << UInt8(kind))
  }

  public func count(_ kind: AccessRecord.Kind) -> Int { counts[Int(kind.rawValue)] }
  public var referenceCount: Int { AccessRecord.Kind.allCases.reduce(0) { $0 + count($1) } }

  /// Distinct pages of 4 KiB with a referenced byte.
  public var pageCount: Int { touched.count }
  /// Of these, pages with instructions that were fetched.
  public var codePageCount: Int { touched.count(of: 0b0001) }
  /// Of these, pages that were written.
  public var writtenPageCount: Int { touched.count(of: 0b1100) }
  /// Distinct aligned blocks of 2 MiB with a referenced byte.
  public var largePageCount: Int { touchedLarge.count }
}
