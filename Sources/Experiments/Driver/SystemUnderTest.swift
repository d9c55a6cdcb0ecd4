internal import Foundation
internal import Results

/// One system that an experiment runs, ready to run on this host.
protocol SystemUnderTest {
  var name: SystemName { get }
  var title: String { get }
  var kind: SystemKind { get }
  var properties: [String] { get }
  /// Whether it has a frame map.
  var hasFrames: Bool { get }
  /// Runs repetition `index` (from 0).
  /// - Throws: `CancellationError` when it was interrupted; anything else is told in one line, and
  ///   the other systems go on.
  func repetition(_ index: Int, _ context: RepetitionContext) throws -> Repetition
}

/// What a repetition reports to while it runs.
struct RepetitionContext {
  /// Done part of this repetition, 0...1.
  var progress: (Double) -> Void
  var isInterrupted: () -> Bool
  /// Where to put the frame map, as a path and as the name in the result; nil when none is wanted.
  var frameMap: (path: String, name: String)?
}
