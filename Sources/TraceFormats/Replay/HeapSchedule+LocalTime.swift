extension HeapSchedule {
  /// Where each instance stands in the recording at a time of the run, ns; those that have not
  /// started yet are left out. The counterpart of `replay` for what was measured on one instance
  /// and is summed over all.
  public func localTimesNs(at timeNs: UInt64) -> [UInt64] {
    offsetsNs.compactMap { offset in
      guard offset <= timeNs else { return nil }
      return restarts ? (timeNs - offset) % spanNs : timeNs - offset
    }
  }
}
