/// What is known of a superpageblock.
@usableFromInline
struct Superpageblock {
  /// Its pageblocks of the types unmovable, reclaimable and high-atomic. One that is wholly free is
  /// none of them.
  var tainting = 0
  /// Whether its movable pageblocks have the type `Migratetype.lent`.
  var isTainted = false
  /// Whether it reaches beyond its zone; it is tainted for ever.
  var isPartial = false
}
