extension RandomAccessCollection {
  /// The first index whose element fails `isBefore`, in a collection where all that satisfy it come
  /// first; `endIndex` when all do. With `{ $0.timeNs <= time }`, what lies before it happened by then.
  package func partitionPoint(where isBefore: (Element) -> Bool) -> Index {
    var low = startIndex
    var length = count
    while length > 0 {
      let half = length / 2
      let middle = index(low, offsetBy: half)
      if isBefore(self[middle]) {
        low = index(after: middle)
        length -= half + 1
      } else {
        length = half
      }
    }
    return low
  }
}
