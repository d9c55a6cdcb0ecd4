/// What an allocation may do where memory is short (Linux's reclaim bits of gfp flags).
package struct AllocationEffort: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// kswapd may be woken, and with it kcompactd (__GFP_KSWAPD_RECLAIM).
  package static var wakesReclaimer: AllocationEffort { AllocationEffort(rawValue: 1 << 0) }
  /// The caller reclaims and compacts by itself (__GFP_DIRECT_RECLAIM).
  package static var direct: AllocationEffort { AllocationEffort(rawValue: 1 << 1) }
  /// One round of that is enough, and a large order gives up where compaction is not worth it
  /// (__GFP_NORETRY).
  package static var noRetry: AllocationEffort { AllocationEffort(rawValue: 1 << 2) }
  /// A large order tries again while there is progress (__GFP_RETRY_MAYFAIL).
  package static var retryMayFail: AllocationEffort { AllocationEffort(rawValue: 1 << 3) }

  /// GFP_KERNEL, GFP_HIGHUSER_MOVABLE.
  package static var usual: AllocationEffort { [.wakesReclaimer, .direct] }
}
