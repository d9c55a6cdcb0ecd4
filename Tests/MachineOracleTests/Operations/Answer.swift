/// What one operation gave, and how the process that did it looks afterwards.
struct Answer: Sendable {
  /// An address outside of the range: the kernel's own choice.
  static let outside: Int64 = 1

  var value: Int64 = 0
  var signal: UInt8 = 0
  var code: UInt8 = 0
  /// The oracle did not do it, because it could have hurt itself.
  var refused = false
  var pages: [PageView] = []
  var areas: [AreaView] = []
  /// After a sweep: of each page its hash, never below 4096, or signal << 8 | code.
  var hashes: [UInt64] = []

  static func failed(_ code: Code) -> Answer { Answer(value: -code.rawValue) }
}

/// A page as its process sees it: an entry of the page table, and four of its bytes.
struct PageView: Hashable, Sendable {
  static let present: UInt8 = 1
  static let swapped: UInt8 = 2
  static let file: UInt8 = 4
  static let exclusive: UInt8 = 8
  static let zero: UInt8 = 16

  var state: UInt8 = 0
  /// Whether `bytes` are known: the page is present and its area may be read.
  var sampled = false
  /// Those at `OperationSequence.sampleOffsets`, the first lowest.
  var bytes: UInt32 = 0
}

/// A line of /proc/PID/maps.
struct AreaView: Hashable, Sendable {
  var start: UInt64
  var end: UInt64
  /// Bytes; 0 for anonymous private areas.
  var offset: UInt64
  /// 1 read, 2 write, 4 execute, 8 shared.
  var permissions: UInt8
  /// 0 anonymous and private, 1 or 2 a file, 255 shared anonymous.
  var file: UInt8

  var text: String {
    let rights =
      Operation.permissions(permissions & 7) + (permissions & 8 != 0 ? "s" : "p")
    let object =
      switch file {
      case 0: ""
      case 255: " shared+\(Operation.size(offset))"
      default: " file \(file)+\(Operation.size(offset))"
      }
    return "\(Operation.place(start))-\(Operation.place(end)) \(rights)\(object)"
  }
}

extension Answer {
  /// In one line, as far as the operation's own result goes.
  func resultText(_ operation: Operation) -> String {
    if refused { return "refused" }
    if signal != 0 {
      let name =
        switch (signal, code) {
        case (11, 1): "SIGSEGV MAPERR"
        case (11, 2): "SIGSEGV ACCERR"
        case (7, 2): "SIGBUS ADRERR"
        default: "signal \(signal) code \(code)"
        }
      return "\(name) at \(Operation.place(UInt64(bitPattern: value)))"
    }
    if value < 0 { return Code.name(-value) }
    switch operation.kind {
    case .brk: return Operation.place(UInt64(value))
    case .mmap, .mremap:
      return value == Self.outside ? "elsewhere" : Operation.place(UInt64(value))
    default: return "\(value)"
    }
  }

  /// `.` absent, `z` the zero page, `a` anonymous, `f` of a file, `s` swapped.
  var residencyText: String {
    String(
      pages.map { page in
        if page.state & PageView.swapped != 0 { return "s" }
        if page.state & PageView.present == 0 { return "." }
        if page.state & PageView.zero != 0 { return "z" }
        return page.state & PageView.file != 0 ? "f" : "a"
      })
  }

  var areasText: String { areas.map(\.text).joined(separator: ", ") }
}
