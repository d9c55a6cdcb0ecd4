internal import LinuxHost
internal import TraceFormats

/// A real allocator that was found on this host and answered: ready to be measured.
public struct RealAllocatorSystem: Sendable {
  public let allocator: RealAllocator
  /// `jemalloc 5.3.0 with hpa:true, real`.
  public let title: String
  let version: String
  private let driver: String
  let environment: [String: String]
  /// Settings as the allocator reports them: `opt.narenas`.
  let options: [String: Double]

  /// How long a driver may stay silent; a heartbeat comes every 65,536 records.
  public var silenceLimitMs: Int32 = 60_000
  /// Objects are filled and compared, which shows a broken allocator and spoils every time.
  package var verifies = false

  /// Finds the allocator and asks it for its version.
  ///
  /// - Parameter driver: path of heap-driver.
  /// - Throws: `RealAllocatorError` when the library is not installed, or a process with it does not
  ///   start or runs on another allocator.
  public init(_ allocator: RealAllocator, driver: String) throws {
    var environment = allocator.environment
    if let library = allocator.library {
      guard let path = library.path(on: LiveHost()) else {
        throw RealAllocatorError(
          allocator,
          "\(library.files[0]) is not installed; apt-get install \(library.package)")
      }
      environment["LD_PRELOAD"] = path
    }
    try self.init(allocator, driver: driver, environment: environment)
  }

  /// With the library that `environment` preloads.
  package init(_ allocator: RealAllocator, driver: String, environment: [String: String]) throws {
    let process = try Self.start(allocator, driver, ["--identify"], environment, input: nil)
    var answer: DriverLine?
    loop: while true {
      switch process.next(waiting: 10_000) {
      case .line(let line): answer = DriverLine(line)
      case .ended(let exit):
        if let failure = Self.failure(exit, process.lastWords) {
          throw RealAllocatorError(allocator, failure)
        }
        break loop
      case .silence: throw RealAllocatorError(allocator, "its process does not answer")
      }
    }
    guard let answer, let identity = answer.text("allocator"), let version = answer.text("version")
    else { throw RealAllocatorError(allocator, "heap-driver gives no answer; run scripts/build") }
    guard identity == allocator.identity else {
      throw RealAllocatorError(
        allocator, "a process with it runs on \(identity); it cannot be preloaded here")
    }
    self.allocator = allocator
    self.driver = driver
    self.environment = environment
    options = answer.statistics
    // jemalloc's version goes on with a commit.
    self.version = version.split(separator: "-").first.map(String.init) ?? version
    title = "\(identity) \(Self.number(self.version))\(allocator.variant), real"
  }

  /// `gperftools 2.10` says whose tcmalloc it is; the title has the number.
  private static func number(_ version: String) -> Substring {
    version.split(separator: " ").last ?? ""
  }

  private static func start(
    _ allocator: RealAllocator, _ driver: String, _ arguments: [String],
    _ environment: [String: String], input: Int32?
  ) throws -> ChildProcess {
    do {
      return try ChildProcess(
        path: driver, arguments: arguments, environment: environment, input: input)
    } catch {
      throw RealAllocatorError(allocator, error.message)
    }
  }

  func start(on file: FlatHeapFile) throws -> ChildProcess {
    try Self.start(
      allocator, driver, verifies ? ["--verify", "-"] : ["-"], environment,
      input: file.descriptor)
  }

  /// What went wrong, in words; nil for a good end.
  static func failure(_ exit: ProgramExit, _ lastWords: String) -> String? {
    switch exit {
    case .exited(0): nil
    case .exited(let code):
      lastWords.isEmpty ? "its process ended with exit code \(code)" : lastWords
    case .signalled(9): "its process was killed, as happens when memory runs out"
    case .signalled(let number): "its process crashed with signal \(number)"
    }
  }
}
