import ArgumentParser
import Foundation
import Fragmentation
import HostFiles
import LinuxHost
import Sessions
import Snapshots
import TraceFormats
import VirtualMemory

/// Where the frames come from that a command looks at: a snapshot, the end of a script, this host.
struct AskSource: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A script of 'framelab machine', asked as it is at its end.", valueName: "script"),
    completion: .file(extensions: ["machine"]))
  var machine: String?

  /// The frames, and what moving a page costs there.
  func read(file: String? = nil) throws -> (snapshot: FrameSnapshot, costs: MoveCosts) {
    let standard = MoveCosts(name: "Framelab's default costs", CostTable())
    if let file {
      guard machine == nil else {
        throw CLIError.badInput("--machine: not together with the snapshot \(file)")
      }
      return (try FrameSnapshot.load(path: file), standard)
    }
    guard let machine else { return (try HostSnapshot.read(), standard) }
    let session = Session()
    session.openHostFile = { try HostFileStore($0) }
    let name = URL(filePath: machine).lastPathComponent
    do {
      try Script(name: machine, text: try MachineCommand.text(of: machine)).run(in: session) {
        _, _, _ in
      }
    } catch let error as ScriptError {
      throw CLIError(error.kind == .unmet ? .no : .badInput, error.description)
    }
    var snapshot = session.withMachine { $0.snapshot(origin: "simulated, \(name)") }
    snapshot.nameOwners { session.ownerWords($0) }
    let costs = session.withMachine { $0.configuration.costs }
    return (snapshot, MoveCosts(name: "the machine's costs", costs))
  }
}
