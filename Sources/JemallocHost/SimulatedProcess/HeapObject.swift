/// What a slot of a recording holds.
struct HeapObject {
  /// Where jemalloc or the kernel put it; 0 when the slot is empty or the request failed.
  var address: Int
  /// Requested bytes.
  var bytes: Int
  /// Whether all pages that the program touched are resident; if not, it counts as a failed
  /// allocation and its bytes are not live.
  var isLive: Bool

  static let none = HeapObject(address: 0, bytes: 0, isLive: false)
}
