internal import VirtualMemory

/// What came of the last command that did something to the machine: the subject of `expect`.
struct Outcome {
  enum Result: Equatable {
    case done
    case bytes([UInt8])
    case address(UInt64)
    case signal(Signal)
    case errno(Errno)
    case count(Int)
  }

  var result: Result = .done
  /// Counters before the command.
  var before = MachineCounters()
  var sizesBefore: HugePageStatistics?

  /// The same with their names, as `Session.counters` has them.
  var countersBefore: [(name: String, value: UInt64)] {
    before.named + (sizesBefore?.named ?? [])
  }

  /// In words, as `expect` tells it.
  var words: String {
    switch result {
    case .done: "no error"
    case .bytes(let bytes): "the bytes \(Self.words(bytes))"
    case .address(let place): "the address \(prefixed(place))"
    case .signal(let signal): "\(signal)"
    case .errno(let errno): "\(errno)"
    case .count(let count): "\(count)"
    }
  }

  /// A failure must be followed by an `expect` in a script.
  var isFailure: Bool {
    switch result {
    case .signal, .errno: true
    case .done, .bytes, .address, .count: false
    }
  }

  /// At most sixteen bytes.
  static func words(_ bytes: [UInt8]) -> String {
    bytes.prefix(16).map { hex($0, 2) }.joined(separator: " ") + (bytes.count > 16 ? " ..." : "")
  }
}
