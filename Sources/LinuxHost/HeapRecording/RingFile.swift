internal import CHeapFormats
internal import Glibc

/// The parent's side of one process's ring (CHeapFormats/heap_ring.h).
///
/// The recorded program can write anything anywhere in this file: every number is checked before it
/// is used, and records are copied before they are read. The header and the chunk states are mapped
/// for as long as this object lives; chunks are read through the file.
@safe
final class RingFile {
  /// What the process said of itself when it began.
  struct Origin {
    var process: Int32
    var parent: Int32
    var isFork: Bool
    var program: String
    var clock: UInt32
    var stampShift: UInt64
    var startStamp: UInt64
    var startNs: UInt64
  }

  struct Chunk {
    var stream: UInt32
    var sequence: UInt32
    var firstStamp: UInt64
    /// Bytes of records, which begin at the start of `RingFile.records`.
    var byteCount: Int
  }

  let origin: Origin
  let path: String
  /// The records of the chunk that was read last, and the slack behind them.
  private(set) var records: [UInt8]
  private let file: Int32
  private let header: UnsafeMutablePointer<framelab_ring_header>
  private let states: UnsafeMutablePointer<UInt32>

  private static let chunkBytes = Int(FRAMELAB_RING_CHUNK)
  private static let chunkHeaderBytes = 64

  /// Nil while the process has not yet written the header, or when it is none of ours.
  init?(path: String) {
    let bytes = Int(FRAMELAB_RING_DATA)
    // SAFETY: a C string for the duration of the call.
    let file = unsafe open(path, O_RDWR | O_CLOEXEC)
    guard file >= 0 else { return nil }
    var status = stat()
    // SAFETY: the kernel fills one stat. A shorter file would fault when its mapping is read; the
    // owner of the folder alone can cut it later.
    guard unsafe fstat(file, &status) == 0, Int(status.st_size) >= bytes,
      let memory = unsafe mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0),
      unsafe memory != MAP_FAILED
    else {
      _ = close(file)
      return nil
    }
    // SAFETY: the mapping is page-aligned and holds both structures as the layout says.
    let header = unsafe memory.assumingMemoryBound(to: framelab_ring_header.self)
    let ready = unsafe framelab_ring_load32(&header.pointee.ready)
    let found = unsafe header.pointee
    guard ready == 1, found.magic == FRAMELAB_RING_MAGIC,
      found.version == UInt32(FRAMELAB_RING_VERSION)
    else {
      // No `deinit` runs here, so the file stays for the next look at it.
      _ = unsafe munmap(memory, bytes)
      _ = close(file)
      return nil
    }
    unsafe self.header = header
    unsafe states = (memory + Int(FRAMELAB_RING_STATES)).assumingMemoryBound(to: UInt32.self)
    self.file = file
    self.path = path
    records = [UInt8](repeating: 0, count: Self.chunkBytes + Int(FRAMELAB_RING_SLACK))
    origin = Origin(
      process: Int32(bitPattern: found.pid), parent: Int32(bitPattern: found.parent_pid),
      isFork: found.is_fork != 0,
      program: Self.text(found.program), clock: found.clock,
      stampShift: UInt64(min(found.stamp_shift, 31)), startStamp: found.start_stamp,
      startNs: found.start_monotonic_ns)
  }

  deinit {
    // SAFETY: mapped by init with this size; no pointer into it has left this object.
    _ = unsafe munmap(header, Int(FRAMELAB_RING_DATA))
    _ = close(file)
    _ = unsafe unlink(path)
  }

  /// Up to the first zero; what else the bytes hold is the program's own doing.
  private static func text(_ name: (UInt64, UInt64)) -> String {
    let bytes = [name.0, name.1].flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) }
    }
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }

  /// Chunks ever taken.
  var chunkCount: Int {
    min(Int(unsafe framelab_ring_load32(&header.pointee.chunk_count)), Int(FRAMELAB_RING_CHUNKS))
  }

  var lost: UInt64 { unsafe framelab_ring_lost(header) }
  var nested: UInt64 { unsafe framelab_ring_load64(&header.pointee.nested) }

  /// Tells the process that its parent is there, and after what silence it is not.
  func visit(ns: UInt64, patienceNs: UInt64) {
    unsafe framelab_ring_store64(&header.pointee.patience_ns, patienceNs)
    unsafe framelab_ring_store64(&header.pointee.heard_ns, ns)
  }

  /// When the process gave its parent up (CLOCK_MONOTONIC, ns); nil if it did not.
  var givenUpNs: UInt64? {
    let end = unsafe framelab_ring_load32(&header.pointee.end)
    guard end == FRAMELAB_RING_PARENT_SILENT.rawValue else { return nil }
    return unsafe framelab_ring_load64(&header.pointee.end_ns)
  }

  /// The library records nothing more from its next chunk on.
  func stop() { unsafe framelab_ring_store32(&header.pointee.stop, 1) }

  func state(_ index: Int) -> UInt32 {
    // SAFETY: the table has an entry for every chunk up to `chunkCount`.
    precondition(index < Int(FRAMELAB_RING_CHUNKS))
    return unsafe framelab_ring_load32(states + index)
  }

  /// Where a chunk belongs, without its records.
  func place(of index: Int) -> Chunk? {
    let head = read(Self.chunkHeaderBytes, at: offset(index))
    guard head == Self.chunkHeaderBytes else { return nil }
    let published = field(16, width: 8)
    guard published <= UInt64(Self.chunkBytes - Self.chunkHeaderBytes) else { return nil }
    return Chunk(
      stream: UInt32(field(0, width: 4)), sequence: UInt32(field(4, width: 4)),
      firstStamp: field(8, width: 8), byteCount: Int(published))
  }

  /// Reads the records of a chunk into `records`; nil when the chunk cannot be read.
  func read(_ index: Int) -> Chunk? {
    guard var chunk = place(of: index) else { return nil }
    chunk.byteCount = read(chunk.byteCount, at: offset(index) + Self.chunkHeaderBytes)
    return chunk
  }

  /// Gives a chunk that was read back to the process; `keepMemory` unless there are too many of them.
  func free(_ index: Int, keepMemory: Bool) {
    // So that a program that dies right after it took the chunk does not show its old records.
    var zero: UInt64 = 0
    // SAFETY: eight bytes of a local.
    _ = unsafe pwrite(file, &zero, 8, off_t(offset(index) + 16))
    if !keepMemory {
      _ = framelab_ring_discard(file, Int64(offset(index)), Int64(Self.chunkBytes))
    }
    let state = keepMemory ? FRAMELAB_RING_FREE : FRAMELAB_RING_EMPTY
    unsafe framelab_ring_store32(states + index, UInt32(state.rawValue))
  }

  private func offset(_ index: Int) -> Int { Int(FRAMELAB_RING_DATA) + index * Self.chunkBytes }

  private func field(_ offset: Int, width: Int) -> UInt64 {
    (0..<width).reversed().reduce(0) { $0 << 8 | UInt64(records[offset + $1]) }
  }

  /// Reads into `records`; returns how many bytes there were.
  private func read(_ count: Int, at offset: Int) -> Int {
    // SAFETY: `count` is at most a chunk, which `records` has room for.
    let got = unsafe records.withUnsafeMutableBytes { target in
      unsafe pread(file, target.baseAddress, min(count, target.count), off_t(offset))
    }
    return max(got, 0)
  }
}
