extension ExperimentRun {
  /// The system of that name, if this host can run it.
  func system(_ name: SystemName) throws -> any SystemUnderTest {
    switch name {
    case .listBuddy: DirectSystem(run: self)
    default:
      throw ExperimentError(
        path: experiment.recordingPath, message: "\(name.rawValue) is not part of this build")
    }
  }
}
