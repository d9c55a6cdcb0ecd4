internal import CHardware

extension FrameContents {
  /// Word `slot` of the table whose frame is in the base of `word`.
  @inline(__always)
  func prefetchEntry(_ word: UInt64, _ slot: Int) {
    let table = Int(truncatingIfNeeded: word &>> 12)
    if table < frameCount { unsafe framelab_prefetch(base + table &<< 12 + slot &<< 3) }
  }
}
