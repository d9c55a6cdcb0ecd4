import CHardware
import MemoryUnits

/// Zeroed memory for `count` values that is mapped apart from every heap, so that what the harness
/// keeps does not disturb what it measures. Huge pages are asked for, or refused.
@safe
package struct MappedArray<Element: BitwiseCopyable>: ~Copyable, @unchecked Sendable {
  // SAFETY: mapped for `count` elements until `deinit`; all-zero bytes are values of the element types
  // that are used here (numbers, optional-free identifiers), and each is written before it is read.
  let start: UnsafeMutablePointer<Element>
  package let count: Int

  package init(count: Int, huge: Bool = true) {
    self.count = count
    guard let memory = unsafe framelab_map_sparse(max(Self.bytes(count), 4096), huge ? 1 : 0) else {
      fatalError("no address space for \(count) values of the benchmark")
    }
    unsafe start = memory.bindMemory(to: Element.self, capacity: max(count, 1))
  }

  deinit { unsafe framelab_unmap(start, max(Self.bytes(count), 4096)) }

  private static func bytes(_ count: Int) -> Int { count * MemoryLayout<Element>.stride }

  package var bytes: Int { Self.bytes(count) }

  package subscript(index: Int) -> Element {
    get {
      precondition(index >= 0 && index < count)
      return unsafe start[index]
    }
    nonmutating set {
      precondition(index >= 0 && index < count)
      unsafe start[index] = newValue
    }
  }

  /// A random order of the values in `range` (Fisher and Yates).
  func shuffle(_ range: Range<Int>, _ generator: inout SplitMix64) {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    var left = range.count
    let base = unsafe start + range.lowerBound
    while left > 1 {
      let other = Int(generator.next(upperBound: UInt64(left)))
      left -= 1
      let value = unsafe base[left]
      unsafe base[left] = base[other]
      unsafe base[other] = value
    }
  }
}
