/// Why a repetition gave no figure: what the subject did wrong, in one line.
public struct BenchmarkFault: Error, Codable, Hashable, Sendable, CustomStringConvertible {
  public enum Kind: String, Codable, Sendable {
    /// Two live blocks share bytes.
    case overlap
    /// A block is not aligned as its order asks.
    case misaligned
    /// A block outside the managed memory.
    case outOfRange = "out of range"
    /// A request failed although memory was free.
    case refused
    /// Memory that was freed did not come back.
    case leaked
    /// A plugin refused to take back a block that it had handed out.
    case refusedFree = "refused a free"
    /// What it says about its frames is not so.
    case miscounted
    /// The shared library of a plugin cannot be loaded.
    case notLoadable = "not loadable"
    /// It is no plugin.
    case noEntryPoint = "no entry point"
    /// A plugin for another version of the interface.
    case wrongVersion = "wrong version"
    /// A plugin whose table lacks what it must have.
    case incompleteTable = "incomplete table"
    /// A plugin makes no allocator over these frames.
    case notCreated = "not created"
    /// The child process ended, or was ended, before it answered.
    case crashed
    /// The child process did not answer in time.
    case timeout
    /// The subject does not run on this host, or not in this case.
    case unavailable
  }

  public var kind: Kind
  public var detail: String

  public init(_ kind: Kind, _ detail: String) {
    self.kind = kind
    self.detail = detail
  }

  public var description: String { "\(kind.rawValue): \(detail)" }
}
