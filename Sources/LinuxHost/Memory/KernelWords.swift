/// The 8-byte words of a file such as /proc/kpageflags or /proc/self/pagemap.
package struct KernelWords: RandomAccessCollection, Sendable {
  private let bytes: [UInt8]

  /// What is left over after the last whole word is dropped.
  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  package var startIndex: Int { 0 }
  package var endIndex: Int { bytes.count >> 3 }

  package subscript(index: Int) -> UInt64 {
    // SAFETY: bounds are checked by the array; a word may lie at any address.
    unsafe bytes.withUnsafeBytes {
      unsafe $0.loadUnaligned(fromByteOffset: index << 3, as: UInt64.self)
    }
  }
}
