internal import Glibc

/// The bytes of a file, decompressed when its content says gzip or zstd, in chunks of bounded size:
/// recordings of others grow to tens of gigabytes of text.
struct ForeignInput: ~Copyable {
  let path: String
  private let file: ForeignFile
  private let decoder: Decoder
  /// Compressed bytes that were read and not yet decoded: `input[position...]`.
  private var input: [UInt8]
  private var position = 0
  private var atEnd = false

  /// Compression formats, told apart by the magic number at the start of the file.
  private enum Decoder {
    case none
    case gzip(GzipDecoder)
    case zstd(ZstdDecoder)
  }

  /// - Throws: `TraceError` when the file cannot be opened or read.
  init(path: String) throws {
    let file = try ForeignFile(path: path)
    let start = try file.read()
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
  }

  /// Appends the next bytes of the content to `buffer`; false at the end of the file.
  mutating func read(appendingTo buffer: inout [UInt8]) throws -> Bool {
    let before = buffer.count
    while buffer.count == before {
      if position == input.count, !atEnd {
        input = try file.read()
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

/// An open file, read in chunks.
private struct ForeignFile: ~Copyable {
  private let path: String
  private let descriptor: Int32

  init(path: String) throws {
    self.path = path
    // The name is a C string for the time of the call.
    descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { throw Self.error(path, "cannot be opened") }
  }

  deinit { close(descriptor) }

  /// Up to 256 KiB; empty at the end of the file.
  borrowing func read() throws -> [UInt8] {
    while true {
      var count = 0
      // read(2) fills the part of the fresh array that it reports.
      let chunk = unsafe [UInt8](unsafeUninitializedCapacity: 256 << 10) { bytes, initialized in
        count = unsafe Glibc.read(descriptor, bytes.baseAddress, bytes.count)
        initialized = max(count, 0)
      }
      if count >= 0 { return chunk }
      if errno != EINTR { throw Self.error(path, "cannot be read") }
    }
  }

  private static func error(_ path: String, _ what: String) -> TraceError {
    // strerror returns a valid string for every number.
    let reason = unsafe String(cString: strerror(errno))
    return TraceError(path: path, message: "\(what): \(reason)")
  }
}
