extension AgingPlan {
  /// The longest runs of indices that are wanted, in ascending order: what one call can free or lock.
  public static func runs(
    _ indices: Range<Int>, where isWanted: (Int) -> Bool
  ) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var index = indices.lowerBound
    while index < indices.upperBound {
      let first = index
      while index < indices.upperBound, isWanted(index) { index += 1 }
      if index > first { runs.append(first..<index) }
      index += 1
    }
    return runs
  }
}
