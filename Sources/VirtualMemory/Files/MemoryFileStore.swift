internal import Synchronization

/// A file whose bytes are in the memory of this process.
public final class MemoryFileStore: FileStore {
  private let bytes: Mutex<[UInt8]>

  public init(_ bytes: [UInt8] = []) { self.bytes = Mutex(bytes) }

  /// What was written back so far, which is not what the page cache still holds.
  public var contents: [UInt8] { bytes.withLock { $0 } }

  public var size: Int { bytes.withLock { $0.count } }

  public func readPage(_ index: Int) throws(Errno) -> [UInt8] {
    bytes.withLock { bytes in
      let start = min(index << 12, bytes.count)
      let part = bytes[start..<min(start + 4096, bytes.count)]
      return part + [UInt8](repeating: 0, count: 4096 - part.count)
    }
  }

  public func writePage(_ index: Int, _ page: [UInt8]) throws(Errno) {
    let start = index << 12
    bytes.withLock { bytes in
      if bytes.count < start + page.count {
        bytes += [UInt8](repeating: 0, count: start + page.count - bytes.count)
      }
      bytes.replaceSubrange(start..<start + page.count, with: page)
    }
  }

  public func resize(_ size: Int) throws(Errno) {
    bytes.withLock { bytes in
      if size < bytes.count {
        bytes.removeLast(bytes.count - size)
      } else {
        bytes += [UInt8](repeating: 0, count: size - bytes.count)
      }
    }
  }
}
