/// Entries of the page-walk caches (Intel's paging-structure caches, AMD's page directory cache), by
/// the level of the entries that they keep. Each is fully associative; 0 leaves it out.
public struct WalkCacheGeometry: Hashable, Sendable {
  /// Entries of page directories (2 MiB each): a hit leaves one read of the walk.
  public var directory: Int
  /// Entries of page-directory-pointer tables (1 GiB each).
  public var directoryPointer: Int
  /// Entries of PML4 tables (512 GiB each).
  public var level4: Int
  /// Entries of the PML5 table (256 TiB each); unused with four levels.
  public var level5: Int

  public init(directory: Int, directoryPointer: Int, level4: Int, level5: Int = 0) {
    self.directory = directory
    self.directoryPointer = directoryPointer
    self.level4 = level4
    self.level5 = level5
  }
}
