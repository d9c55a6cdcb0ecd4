/// Something that operations can be done to: the host, a model, the simulated machine.
protocol World {
  init(_ sequence: OperationSequence)
  /// What the operation gave, with pages and areas of the process that did it.
  mutating func perform(_ operation: Operation) -> Answer
}
