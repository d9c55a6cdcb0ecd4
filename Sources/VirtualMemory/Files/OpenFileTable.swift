/// The open files of a task by descriptor.
public struct OpenFileTable: Sendable {
  struct Entry: Sendable {
    let opening: OpenFileID
    let closesOnExec: Bool
  }

  private var entries: [Entry?] = []

  /// RLIMIT_NOFILE.
  static var limit: Int { 1024 }

  /// The lowest free descriptor, as POSIX has it; nil when there is none.
  mutating func add(_ entry: Entry) -> Int32? {
    if let free = entries.firstIndex(where: { $0 == nil }) {
      entries[free] = entry
      return Int32(free)
    }
    guard entries.count < Self.limit else { return nil }
    entries.append(entry)
    return Int32(entries.count - 1)
  }

  subscript(descriptor: Int32) -> Entry? {
    descriptor >= 0 && Int(descriptor) < entries.count ? entries[Int(descriptor)] : nil
  }

  mutating func remove(_ descriptor: Int32) { entries[Int(descriptor)] = nil }

  /// Every entry with its descriptor.
  var all: [(descriptor: Int32, entry: Entry)] {
    entries.enumerated().compactMap { index, entry in entry.map { (Int32(index), $0) } }
  }

  /// Descriptors in use, ascending.
  public var descriptors: [Int32] { all.map(\.descriptor) }
}
