internal import VirtualMemory

extension Session {
  /// One setting of transparent huge pages by Linux's name, with its value.
  static func setHugePages(
    _ settings: inout TransparentHugePages, _ arguments: inout Arguments
  ) throws(ScriptError) {
    let name = try arguments.word("a setting such as defrag")
    func flag() throws(ScriptError) -> Bool {
      try arguments.value("0 or 1") { ["0": false, "1": true][$0] }
    }
    switch name {
    case "defrag":
      settings.defrag = try arguments.value("always, defer, defer+madvise, madvise or never") {
        TransparentHugePages.Defrag(rawValue: $0)
      }
    case "use_zero_page": settings.useZeroPage = try flag()
    case "khugepaged/defrag": settings.khugepaged.defrag = try flag()
    case _ where name.hasPrefix("hugepages-"):
      guard name.hasSuffix("/enabled"),
        let order = HugePageSizes.order(named: name.dropLast("/enabled".count))
      else {
        throw ScriptError(
          .usage, "expected hugepages-SIZEkB/enabled with a SIZE of 16, 32, 64, ... 2048: \(name)")
      }
      settings.sizes[order] = try arguments.value("always, inherit, madvise or never") {
        HugePageSizes.Enabled(rawValue: $0)
      }
    default:
      guard let number = numbers[name] else {
        throw ScriptError(.usage, "no such setting of transparent huge pages: \(name)")
      }
      let value = try arguments.size("a number")
      guard number.range.contains(value) else {
        throw ScriptError(
          .usage, "expected \(number.range.lowerBound) to \(number.range.upperBound)")
      }
      settings.khugepaged[keyPath: number.path] = value
    }
  }

  private struct Number: Sendable {
    let path: any WritableKeyPath<TransparentHugePages.Khugepaged, Int> & Sendable
    let range: ClosedRange<Int>
  }

  private static let numbers: [String: Number] = [
    "khugepaged/pages_to_scan": Number(path: \.pagesToScan, range: 1...1 << 40),
    "khugepaged/scan_sleep_millisecs": Number(path: \.scanSleepMillisecs, range: 0...1 << 40),
    "khugepaged/alloc_sleep_millisecs": Number(path: \.allocSleepMillisecs, range: 0...1 << 40),
    "khugepaged/max_ptes_none": Number(path: \.maxPtesNone, range: 0...511),
    "khugepaged/max_ptes_swap": Number(path: \.maxPtesSwap, range: 0...511),
    "khugepaged/max_ptes_shared": Number(path: \.maxPtesShared, range: 0...511),
  ]
}
