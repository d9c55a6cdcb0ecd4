internal import Baselines

/// Makes the systems that an experiment names, and for those in child processes what they share.
struct SystemCatalog {
  private let run: ExperimentRun
  private let recordings: FlatRecordings

  private let programs: ChildPrograms

  init(_ run: ExperimentRun, _ programs: ChildPrograms) {
    self.run = run
    self.programs = programs
    recordings = FlatRecordings(run)
  }

  /// - Throws: one line that says why this host cannot run the system.
  func system(_ name: SystemName) throws -> any SystemUnderTest {
    switch name {
    case .listBuddy, .rowBuddy, .linux: DirectSystem(run: run, name: name)
    case .jemallocSimulated: try simulated(name, retain: true)
    case .jemallocSimulatedNoRetain: try simulated(name, retain: false)
    case .glibc: try real(name, .glibc)
    case .jemalloc: try real(name, .jemalloc)
    case .jemallocHPA: try real(name, .jemallocHPA)
    case .mimalloc: try real(name, .mimalloc)
    case .tcmalloc: try real(name, .tcmalloc)
    }
  }

  private func simulated(
    _ name: SystemName, retain: Bool
  ) throws -> SimulatedSystem {
    SimulatedSystem(
      run, name, executable: try programs.jemallocHost(), retain: retain,
      recordings: recordings)
  }

  private func real(_ name: SystemName, _ allocator: RealAllocator) throws -> RealSystem {
    try RealSystem(
      run, name, allocator, driver: try programs.heapDriver(), recordings: recordings)
  }
}
