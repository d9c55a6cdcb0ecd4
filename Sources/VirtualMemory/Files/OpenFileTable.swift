/// The open files of a task by descriptor.
public struct OpenFileTable: Sendable {
  /// One opening: offset and rights.
  public struct Opening: Sendable {
    public let file: FileID
    public var offset: Int
    public let mayRead: Bool
    public let mayWrite: Bool
  }

  private var openings: [Opening?] = []

  /// The lowest free descriptor, as POSIX has it.
  mutating func add(_ opening: Opening) -> Int32 {
    if let free = openings.firstIndex(where: { $0 == nil }) {
      openings[free] = opening
      return Int32(free)
    }
    openings.append(opening)
    return Int32(openings.count - 1)
  }

  public subscript(descriptor: Int32) -> Opening? {
    get {
      descriptor >= 0 && Int(descriptor) < openings.count ? openings[Int(descriptor)] : nil
    }
    set { openings[Int(descriptor)] = newValue }
  }

  /// Every opening with its descriptor.
  public var all: [(descriptor: Int32, opening: Opening)] {
    openings.enumerated().compactMap { index, opening in opening.map { (Int32(index), $0) } }
  }
}
