/// What the owner of a frame promises about moving it. Every request carries one, so that an
/// allocator can keep unlike frames apart; the Linux model maps it to its migratetypes.
@frozen
public enum FrameClass: UInt8, CaseIterable, Sendable {
  /// Reached only through page tables: can be copied elsewhere.
  case movable = 0
  /// Reached by pointers that nobody can find: stays where it is until freed.
  case unmovable = 1
  /// Cannot be moved, but can be dropped on demand (caches).
  case reclaimable = 2
}
