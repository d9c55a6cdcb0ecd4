/// Equal parts of a count.
package enum Slice {
  /// The part of 0..<count that belongs to thread `index` of `threads`; all parts have
  /// `count / threads` members and the rest is left out.
  package static func of(_ count: Int, _ index: Int, _ threads: Int) -> Range<Int> {
    let size = count / threads
    return index * size..<(index + 1) * size
  }
}
