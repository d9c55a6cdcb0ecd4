/// Something that operations can be done to: the host, a model, the simulated machine.
protocol World {
  init(_ sequence: OperationSequence)
  /// What the operation gave, with pages and areas of the process that did it.
  mutating func perform(_ operation: Operation) -> Answer
}

/// Knows the right answers.
protocol Reference {
  /// The answers to every operation of every sequence.
  func run(_ sequences: [OperationSequence]) throws -> [[Answer]]
}

/// The plain model as the judge, where the host cannot be one.
struct PlainReference: Reference {
  func run(_ sequences: [OperationSequence]) -> [[Answer]] {
    sequences.map { sequence in
      var world = PlainWorld(sequence)
      return sequence.operations.map { world.perform($0) }
    }
  }
}
