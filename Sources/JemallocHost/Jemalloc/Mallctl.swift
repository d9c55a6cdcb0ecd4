internal import CJemalloc

/// jemalloc's control interface, by name.
enum Mallctl {
  /// Reads a value; nil when jemalloc does not know the name.
  static func read<Value: BitwiseCopyable>(_ name: String, as type: Value.Type) -> Value? {
    // The name's declared type is the value's: see jemalloc(3).
    unsafe withUnsafeTemporaryAllocation(of: type, capacity: 1) { value in
      var bytes = MemoryLayout<Value>.size
      let status = unsafe mallctl(name, value.baseAddress, &bytes, nil, 0)
      guard status == 0, bytes == MemoryLayout<Value>.size else { return nil }
      return unsafe value[0]
    }
  }

  /// Writes a value; false when jemalloc refuses.
  static func write<Value: BitwiseCopyable>(_ name: String, _ value: Value) -> Bool {
    var value = value
    return unsafe mallctl(name, nil, nil, &value, MemoryLayout<Value>.size) == 0
  }

  /// Writes one value and reads another, as the creating names do.
  static func exchange<Value: BitwiseCopyable, Result: BitwiseCopyable>(
    _ name: String, _ value: Value, as type: Result.Type
  ) -> Result? {
    var value = value
    return unsafe withUnsafeTemporaryAllocation(of: type, capacity: 1) { result in
      var bytes = MemoryLayout<Result>.size
      let status = unsafe mallctl(
        name, result.baseAddress, &bytes, &value, MemoryLayout<Value>.size)
      return status == 0 ? unsafe result[0] : nil
    }
  }

  /// Calls a name without a value; false when jemalloc refuses.
  static func call(_ name: String) -> Bool {
    unsafe mallctl(name, nil, nil, nil, 0) == 0
  }
}
