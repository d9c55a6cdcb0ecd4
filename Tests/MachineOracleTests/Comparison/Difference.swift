/// Where two worlds part: the sequence up to there, made small, with both answers beside each line.
struct Difference: CustomStringConvertible {
  var sequence: OperationSequence
  var step: Int
  var what: String
  var host: [Answer]
  var other: [Answer]

  var description: String {
    var lines = [
      "seed \(sequence.seed), \(sequence.pages) pages, files \(sequence.fileBytes), "
        + "heap \(Operation.place(sequence.heap)):"
    ]
    for (index, operation) in sequence.operations.enumerated() where index <= step {
      let name = operation.text.padded(46)
      let result = host[index].resultText(operation).padded(12)
      lines.append("  \(name) = \(result) \(host[index].residencyText) \(host[index].areasText)")
      if index == step {
        let result = other[index].resultText(operation).padded(12)
        lines.append(
          "  \("... and in the other world".padded(46)) = \(result) \(other[index].residencyText) "
            + other[index].areasText)
      }
    }
    lines.append("  \(what)")
    return lines.joined(separator: "\n")
  }
}

extension String {
  fileprivate func padded(_ width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}

/// Runs sequences in both worlds.
struct Comparer<Other: World> {
  let reference: any Reference
  var rules = Rules()
  /// Whether pages of files that grow or shrink are present in the same cases. Only where the other
  /// world reads exactly the missing page, as files in memory do.
  var comparesGrowingFiles = true

  /// The first sequence whose worlds part, shrunk; nil when there is none.
  func firstDifference(_ sequences: [OperationSequence]) throws -> Difference? {
    let answers = try reference.run(sequences)
    for (sequence, host) in zip(sequences, answers) where difference(sequence, host) != nil {
      return try shrunk(sequence)
    }
    return nil
  }

  func difference(_ sequence: OperationSequence, _ host: [Answer]) -> Difference? {
    var rules = rules
    if !comparesGrowingFiles, !sequence.keepsFileLengths { rules.fileResidency = false }
    var world = Other(sequence)
    var other: [Answer] = []
    for (step, operation) in sequence.operations.enumerated() {
      let answer = world.perform(operation)
      other.append(answer)
      if let what = rules.difference(host[step], answer, operation) {
        return Difference(sequence: sequence, step: step, what: what, host: host, other: other)
      }
    }
    return nil
  }
}
