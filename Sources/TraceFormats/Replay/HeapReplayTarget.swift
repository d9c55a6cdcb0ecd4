/// What a replay feeds: a memory system that serves the heap events of one or more instances of a
/// recorded program, each a process of its own.
public protocol HeapReplayTarget: ~Copyable {
  /// One event of `instance`. Slots are the instance's own.
  mutating func apply(_ record: HeapRecord, instance: Int)
  /// The instance's process ends: everything it still holds is given back; it may start anew.
  mutating func exit(instance: Int)
  /// The run has come to a sampling point; all events before it were applied.
  mutating func sample(timeNs: UInt64)
}
