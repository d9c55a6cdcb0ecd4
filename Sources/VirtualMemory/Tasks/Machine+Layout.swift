internal import MemoryUnits

extension Machine {
  /// Where the heap begins, which is empty until brk or sbrk moves its end: prctl's PR_SET_MM_START_BRK
  /// and PR_SET_MM_BRK.
  ///
  /// Errors: EINVAL (outside of the user half).
  public mutating func setHeapStart(_ task: TaskID, _ address: UInt64) throws(Errno) {
    guard address >= UInt64(Self.lowestPage) << 12,
      address < UInt64(AddressSpace.userPages) << 12
    else { throw .invalid }
    spaces[tasks[task].space].heapStart = Int(address)
    spaces[tasks[task].space].heapEnd = Int(address)
  }
}
