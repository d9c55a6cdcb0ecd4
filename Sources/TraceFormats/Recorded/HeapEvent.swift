/// One event of one thread, as the recorder saw it: named by address, in stamps of its clock.
struct HeapEvent {
  var stamp: UInt64
  var address: UInt64
  var size: UInt64
  /// Raw value of a `HeapEventOperation`.
  var code: UInt8
  var alignmentShift: UInt8
}
