/// What a child process can measure, by the name and the argument that it is started with:
/// `framelab bench-child NAME [ARGUMENT]`. A new kind of subject is one case here.
enum ChildSubject {
  typealias Measure = (BenchmarkCase, _ seed: UInt64) throws -> Repetition

  /// Nil for a name that means nothing. Each closure names its type, so that the patterns are
  /// specialised for it.
  static func measure(_ name: String, _ argument: String) -> Measure? {
    switch name {
    case "malloc": { try PatternRun(MallocSubject(), $0, seed: $1).run() }
    case "kernel": { try PatternRun(MappingSubject(), $0, seed: $1).run() }
    case "kernel-thp": { try PatternRun(HugePageSubject.make($0), $0, seed: $1).run() }
    case "kernel-hugetlb":
      { try PatternRun(MappingSubject(hugeTLB: true), $0, seed: $1).run() }
    default: nil
    }
  }
}
