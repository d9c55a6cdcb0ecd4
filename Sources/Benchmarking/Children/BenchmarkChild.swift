internal import Foundation

/// The child's side: `framelab bench-child` is nothing but this.
public enum BenchmarkChild {
  /// Answers requests from standard input until it ends; false for a subject that is not known.
  public static func serve(_ name: String, _ argument: String) -> Bool {
    guard let measure = ChildSubject.measure(name, argument) else { return false }
    let encoder = JSONEncoder()
    while let line = readLine() {
      var reply = ChildReply()
      do {
        let request = try JSONDecoder().decode(ChildRequest.self, from: Data(line.utf8))
        reply.repetition = try measure(request.plan, request.seed)
      } catch let fault as BenchmarkFault {
        reply.fault = fault
      } catch {
        reply.fault = BenchmarkFault(.crashed, "\(error)")
      }
      guard var text = try? encoder.encode(reply) else { return true }
      text.append(UInt8(ascii: "\n"))
      try? FileHandle.standardOutput.write(contentsOf: text)
    }
    return true
  }
}
