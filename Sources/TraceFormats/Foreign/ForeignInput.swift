/// The bytes of a file, decompressed when its content says gzip or zstd, in chunks of bounded size:
/// recordings of others grow to tens of gigabytes of text.
struct ForeignInput: ~Copyable {
  let path: String
  private let file: InputFile
  /// Bytes of the file that were read.
  private var offset: UInt64
  private let decoder: Decoder
  /// Compressed bytes that were read and not yet decoded: `input[position...]`.
  private var input: [UInt8]
  private var position = 0
  private var atEnd = false

  private static let chunkBytes = 256 << 10

  /// Compression formats, told apart by the magic number at the start of the file.
  private enum Decoder {
    case none
    case gzip(GzipDecoder)
    case zstd(ZstdDecoder)
  }

  /// - Throws: `TraceError` when the file cannot be opened or read.
  init(path: String) throws(TraceError) {
    let file = try InputFile(path: path)
    let start = try file.read(Self.chunkBytes, at: 0)
    let decoder: Decoder
    if start.starts(with: [0x1f, 0x8b]) {
      decoder = .gzip(try GzipDecoder(path: path))
    } else if start.starts(with: [0x28, 0xb5, 0x2f, 0xfd]) {
      decoder = .zstd(try ZstdDecoder(path: path))
    } else {
      decoder = .none
    }
    self.path = path
    self.file = file
    self.decoder = decoder
    self.input = start
    self.offset = UInt64(start.count)
  }

  /// Appends the next bytes of the content to `buffer`; false at the end of the file.
  mutating func read(appendingTo buffer: inout [UInt8]) throws(TraceError) -> Bool {
    let before = buffer.count
    while buffer.count == before {
      if position == input.count, !atEnd {
        input = try file.read(Self.chunkBytes, at: offset)
        offset += UInt64(input.count)
        position = 0
        atEnd = input.isEmpty
      }
      switch decoder {
      case .none:
        if atEnd { return false }
        buffer.append(contentsOf: input[position...])
        position = input.count
      case .gzip(let gzip):
        if atEnd, try gzip.isFinished() { return false }
        position = try gzip.decode(input, from: position, appendingTo: &buffer)
      case .zstd(let zstd):
        if atEnd, try zstd.isFinished() { return false }
        position = try zstd.decode(input, from: position, appendingTo: &buffer)
      }
    }
    return true
  }
}
