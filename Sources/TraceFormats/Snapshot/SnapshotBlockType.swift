/// The blocks of a snapshot, in this order: metadata, owners, caveats, then each zone followed by its
/// frames, then the end. Readers pass over types that they do not know.
enum SnapshotBlockType: UInt16 {
  /// One section of `key=value` lines: `origin`.
  case metadata = 1
  /// One section: the names of the owners from number 1 on, a line each.
  case owners = 2
  /// One section: a sentence.
  case caveat = 3
  /// One section of `key=value` lines: `node`, `zone`, `first_frame`, `frames`, and where known
  /// `watermark_min_frames`, `watermark_low_frames`, `held_frames`, `free_blocks` (by order, separated by
  /// blanks).
  case zone = 4
  /// Frames of the last zone, behind those of earlier blocks; the stamp is the number of the first.
  /// One section with a byte for each, the raw value of its `FrameState`; where owners are known, a
  /// second with two bytes for each, the number of its owner.
  case frames = 5
  /// One section of `key=value` lines: `zones`, `frames`.
  case end = 6
}
