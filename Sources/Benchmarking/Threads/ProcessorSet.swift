import CHardware

/// The processors that this process may use.
package enum ProcessorSet {
  /// How many threads can run at the same time.
  package static let count = Int(framelab_allowed_processors())

  /// Binds the calling thread to one processor, when each of `threads` can have its own: two threads on
  /// one processor never meet.
  static func pin(_ index: Int, of threads: Int) {
    if threads <= count { framelab_pin_thread(Int32(index)) }
  }
}
