internal import Baselines

/// Makes the systems that an experiment names, and with the first that needs it the flat file of the
/// recording that all child processes share.
struct SystemCatalog {
  private let run: ExperimentRun
  private var recording: RealAllocatorRecording?

  private let programs: ChildPrograms

  init(_ run: ExperimentRun, _ programs: ChildPrograms) {
    self.run = run
    self.programs = programs
  }

  /// - Throws: one line that says why this host cannot run the system.
  mutating func system(_ name: SystemName) throws -> any SystemUnderTest {
    switch name {
    case .listBuddy: DirectSystem(run: run)
    case .jemallocSimulated: try simulated(name, retain: true)
    case .jemallocSimulatedNoRetain: try simulated(name, retain: false)
    case .glibc: try real(name, .glibc)
    case .jemalloc: try real(name, .jemalloc)
    case .jemallocHPA: try real(name, .jemallocHPA)
    case .mimalloc: try real(name, .mimalloc)
    case .tcmalloc: try real(name, .tcmalloc)
    }
  }

  private mutating func simulated(
    _ name: SystemName, retain: Bool
  ) throws -> SimulatedSystem {
    SimulatedSystem(
      run, name, executable: try programs.jemallocHost(), retain: retain,
      recording: try flatRecording())
  }

  private mutating func real(_ name: SystemName, _ allocator: RealAllocator) throws -> RealSystem {
    try RealSystem(
      run, name, allocator, driver: try programs.heapDriver(), recording: try flatRecording())
  }

  private mutating func flatRecording() throws -> RealAllocatorRecording {
    if let recording { return recording }
    let made = try RealAllocatorRecording(
      run.trace, schedule: run.schedule(repetition: 0), touch: run.experiment.touch)
    recording = made
    return made
  }
}
