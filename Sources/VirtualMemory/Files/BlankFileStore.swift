/// A file of zeros that cannot be written: its bytes take no memory of this process.
public final class BlankFileStore: FileStore {
  public let size: Int
  public let isWritable = false

  public init(pages: Int) { size = pages << 12 }

  public func readPage(_ index: Int) throws(Errno) -> [UInt8] {
    [UInt8](repeating: 0, count: 4096)
  }

  public func writePage(_ index: Int, _ bytes: [UInt8]) throws(Errno) { throw .badFile }
  public func resize(_ size: Int) throws(Errno) { throw .badFile }
}
