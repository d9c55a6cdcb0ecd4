public import MemoryUnits
public import PageFrames
public import VirtualMemory

extension Session {
  /// The machine as it is now, for whom looks at it from outside.
  public func withMachine<Result>(_ body: (borrowing Machine) -> Result) -> Result {
    body(machine)
  }

  /// The tasks that a frame serves, in the words of this session; `kernel` for the kernel's own, nil
  /// where nobody is known.
  public func ownerWords(_ frame: FrameNumber, _ owner: FrameOwner) -> String? {
    switch owner.state {
    case .pageTable:
      let space = SpaceID(rawValue: owner.object)
      let names = tasks(in: space)
      return names.isEmpty ? "kernel" : names.joined(separator: "+")
    case .reserved, .unmovable, .slab: return "kernel"
    case .movable, .fileCache, .hugePage:
      let names = Set(machine.mappings(of: frame).flatMap { tasks(in: $0.space) }).sorted()
      return names.isEmpty ? nil : names.joined(separator: "+")
    default: return nil
    }
  }
}
