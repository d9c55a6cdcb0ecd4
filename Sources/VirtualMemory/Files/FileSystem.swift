/// What the machine knows of files beside the files themselves.
///
/// A file with a name stays, with its page cache, until the name is taken away; one without (opened by
/// its store alone, or shared anonymous memory) goes with its last opening or area. So a file that
/// nobody uses is found again by its name, as on a disk, and its clean pages are reclaimed like all
/// others.
struct FileSystem: Sendable {
  var names: [String: FileID] = [:]
  /// Files by the identity of their store.
  var stores: [ObjectIdentifier: FileID] = [:]
  var openings = SlotTable<OpenFileID, OpenFile>()
  /// Pages that are written and not in their store (nr_dirty).
  var dirtyPages = 0
  /// Files with dirty pages, the one first that has had some for longest.
  var dirtyFiles: [FileID] = []
  /// When the flusher looks for old pages again, in simulated ns.
  var nextFlush: UInt64 = 0
  /// The kernel copies from or to a task: a fault that cannot be resolved is EFAULT, not a signal.
  var isCopying = false
}
