/// What a run tells the one who waits for it, and what it is asked in turn. Called on the thread that
/// runs the experiment.
public protocol RunEvents {
  /// Done part of one system over all its repetitions, 0...1.
  mutating func progress(of system: SystemName, fraction: Double)
  /// A system that cannot run here, or failed; the others go on.
  mutating func skipped(_ system: SystemName, because reason: String)
  /// Whether to stop: asked at every sampling point.
  func isInterrupted() -> Bool
}
