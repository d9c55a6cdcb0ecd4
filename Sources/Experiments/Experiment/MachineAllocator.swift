/// The page-frame allocators that a simulated machine can have.
public enum MachineAllocator: String, CaseIterable, Sendable {
  case listBuddy = "list-buddy"
  case rowBuddy = "row-buddy"
}
