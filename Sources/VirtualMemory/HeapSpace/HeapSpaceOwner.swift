/// How the frames of an address space name it in their descriptors.
@usableFromInline
struct HeapSpaceOwner: Sendable {
  /// Memory group: the instance (process) that is charged.
  @usableFromInline let group: UInt16
  /// Object of the reverse map.
  @usableFromInline let object: UInt32

  @usableFromInline
  init(group: UInt16, object: UInt32) {
    self.group = group
    self.object = object
  }
}
