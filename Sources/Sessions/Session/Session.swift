public import Fragmentation
internal import MemoryUnits
public import VirtualMemory

/// One machine and the names that a person has given to its tasks and addresses; follows one command
/// after the other.
///
/// The machine is made when the first command needs it; until then settings may change. The same
/// commands give the same answers, on every host.
public final class Session {
  /// What the machine is, or will be, made of.
  var configuration = MachineConfiguration(memory: ByteCount(64 << 20))
  private var box: MachineBox?
  /// Tasks by name, in the order in which they came.
  var tasks: [(name: String, id: TaskID)] = []
  /// Names of addresses.
  var places: [String: Place] = [:]
  /// Memory groups by name.
  var groups: [String: UInt16] = [:]
  /// Names of descriptors.
  var descriptors: [String: Int32] = [:]
  /// What files hold when nothing of them is cached.
  var stores: [String: any FileStore] = [:]
  /// Opens a file of the host by its path; nil where a session may not.
  public var openHostFile: ((String) throws -> any FileStore)?
  /// Reads a heap recording of the host for memory of so many frames; nil where a session may not.
  public var openRecording: ((_ path: String, _ frames: Int) throws -> RecordedChurn)?
  var outcome = Outcome()
  /// Whether an `expect` has looked at the failure in `outcome`.
  var isExcused = false
  /// Whether the events of a command are shown below it.
  var watchesEvents = false
  /// Whether a command has asked for events.
  var recordsEvents = false
  /// Events that were recorded and not forgotten.
  public internal(set) var events: [MachineEvent] = []
  /// How many of them came before the current command.
  var eventsBefore = 0

  private let keepsHistory: Bool
  private var history: [SessionEvent] = []

  /// An address with a name, and the length of what was mapped there.
  struct Place {
    var address: UInt64
    var length: UInt64
  }

  /// - Parameter keepsHistory: every event is kept for `takeHistory()`, whatever commands say about
  ///   events.
  public init(keepsHistory: Bool = false) { self.keepsHistory = keepsHistory }

  /// Takes the events since the last call, with the words of this session.
  public func takeHistory() -> [SessionEvent] {
    defer { history.removeAll(keepingCapacity: true) }
    return history
  }

  /// Whether settings can no longer change.
  var hasStarted: Bool { box != nil }

  /// The machine, made now if it is not there yet.
  var machine: Machine {
    _read {
      let box = started()
      yield box.machine
    }
    _modify {
      let box = started()
      yield &box.machine
    }
  }

  /// What the commands `events on` and `off` do.
  func recordEvents(_ isOn: Bool) {
    recordsEvents = isOn
    if hasStarted { machine.recordEvents(isOn || keepsHistory) }
  }

  private func started() -> MachineBox {
    if let box { return box }
    let made = MachineBox(Machine(configuration))
    made.machine.recordEvents(recordsEvents || keepsHistory)
    box = made
    return made
  }

  /// Follows one line; nil for an empty one and for a comment.
  public func run(_ line: some StringProtocol) throws(ScriptError) -> Reply? {
    let tokens = try Token.split(line)
    guard let first = tokens.first else { return nil }
    guard case .word(let name) = first, let command = Self.command(name) else {
      throw Arguments(tokens).expected("a command ('help' lists them)")
    }
    var arguments = Arguments(tokens.dropFirst())
    eventsBefore = events.count
    if command.acts {
      outcome = Outcome(before: machine.counters, sizesBefore: sizes)
      isExcused = false
    }
    var reply = try command.body(self, &arguments)
    if hasStarted {
      let news = machine.takeEvents()
      if keepsHistory { history += news.map { described($0) } }
      if recordsEvents { events += news }
      if command.acts, watchesEvents { reply.lines += eventLines(events[eventsBefore...]) }
    }
    if command.acts { describe(&reply) }
    return reply
  }

  /// Adds to a reply what programs want to know of every command.
  private func describe(_ reply: inout Reply) {
    let changes = zip(counters, outcome.countersBefore)
      .filter { $0.value != $1.value }
      .map { JSON.Member(key: $0.name, value: JSON(Int($0.value) - Int($1.value))) }
    switch outcome.result {
    case .signal(let signal): reply.add("signal", .string("\(signal)"))
    case .errno(let errno): reply.add("errno", .string("\(errno)"))
    case .bytes(let bytes): reply.add("bytes", .list(bytes.map { JSON($0) }))
    case .done, .address, .count: break
    }
    reply.add("clock_ns", JSON(machine.clock))
    reply.add("counters", .object(changes))
    let news = events[eventsBefore...]
    if !news.isEmpty { reply.add("events", .list(news.map { eventJSON($0) })) }
  }

  /// Whether the last command failed and nothing has expected it.
  var isUnexcused: Bool { outcome.isFailure && !isExcused }

  /// The failure of the last command.
  var failureWords: String { outcome.words }

  /// Every counter with its name, as /proc/vmstat has them.
  public var vmstat: [(name: String, value: UInt64)] { machine.counters.named }

  /// The counters of huge pages by size; nil in a kernel without huge pages.
  private var sizes: HugePageStatistics? {
    machine.transparentHugePages == nil ? nil : machine.hugePageStatistics
  }

  /// Those of vmstat, then those below transparent_hugepage.
  var counters: [(name: String, value: UInt64)] { vmstat + (sizes?.named ?? []) }
}

/// A machine behind a reference, made once.
private final class MachineBox {
  var machine: Machine
  init(_ machine: consuming Machine) { self.machine = machine }
}
