/// What a benchmark child is asked: one line of JSON per repetition.
struct ChildRequest: Codable {
  var plan: BenchmarkCase
  var seed: UInt64
}

/// What it answers: one line of JSON with one of the two.
struct ChildReply: Codable {
  var repetition: Repetition?
  var fault: BenchmarkFault?
}
