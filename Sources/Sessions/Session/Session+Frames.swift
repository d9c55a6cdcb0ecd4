public import MemoryUnits
internal import PageFrames
public import VirtualMemory

extension Session {
  /// The machine as it is now, for whom looks at it from outside. `body` must not use the session.
  public func withMachine<Result>(_ body: (borrowing Machine) -> Result) -> Result {
    body(machine)
  }

  /// The tasks that a frame in use serves, in the words of this session; `kernel` for the kernel's own,
  /// nil where nobody is known.
  public func ownerWords(_ frame: FrameNumber) -> String? {
    let owner = machine.owner(of: frame)
    let spaces: [SpaceID]
    switch owner.state {
    case .pageTable: spaces = [SpaceID(rawValue: owner.object)]
    case .movable, .fileCache, .hugePage:
      spaces = machine.mappings(of: frame).map(\.space)
      if spaces.isEmpty { return nil }
    case .reserved, .unmovable, .slab: return "kernel"
    default: return nil
    }
    let names = Set(spaces.flatMap { tasks(in: $0) }).sorted()
    if !names.isEmpty { return names.joined(separator: "+") }
    return owner.state == .pageTable ? "kernel" : nil
  }
}
