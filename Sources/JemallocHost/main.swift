internal import Foundation
internal import Results

// jemalloc over the simulated machine: a request (JemallocHostRequest) as the only argument, JSON lines
// on standard output (JemallocHostLine). Started by Baselines' SimulatedJemalloc, with jemalloc's options in the
// environment; exit status 0 with a repetition, 1 with a failure.

func write(_ line: JemallocHostLine) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  var data = try encoder.encode(line)
  data.append(UInt8(ascii: "\n"))
  try FileHandle.standardOutput.write(contentsOf: data)
}

do {
  guard CommandLine.arguments.count == 2 else {
    throw HostError("usage: JemallocHost REQUEST; framelab run starts it")
  }
  let request = try JSONDecoder().decode(
    JemallocHostRequest.self, from: Data(CommandLine.arguments[1].utf8))
  let run = try HostRun(request)
  let repetition = try run.measured { share in
    // Nobody reads any more: the launcher is gone.
    do { try write(.progress(share)) } catch { exit(1) }
  }
  try write(.repetition(repetition))
} catch {
  try? write(.failure("\(error)"))
  exit(1)
}
