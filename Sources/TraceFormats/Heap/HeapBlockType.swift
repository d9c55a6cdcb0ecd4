/// The blocks of a heap recording.
package enum HeapBlockType: UInt16, Sendable {
  /// One section: lines `key=value`, the first block of the file.
  case metadata = 1
  /// Events of one thread as the recorder saw them, named by address (`HeapEventColumns`).
  case events = 2
  /// Events of all threads in order, named by slot (`HeapRecordColumns`).
  case records = 3
  /// Three sections of 8-byte numbers: stamp, resident bytes, AnonHugePages bytes.
  case resident = 4
  /// Two sections of 8-byte numbers: stamp of the recorder's clock, ns of CLOCK_MONOTONIC.
  case clock = 5
  /// One section: a caveat, UTF-8.
  case caveat = 6
  /// The recording was sealed. Lines `key=value` again. A file without it was cut short.
  case end = 7
}
