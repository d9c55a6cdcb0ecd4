import ArgumentParser
import Foundation
import LinuxHost
import MemoryUnits
import TraceFormats

/// `framelab snapshot`: the frames of this host or of a simulated machine, in a file.
struct SnapshotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot",
    abstract: "Write down what every page frame is used for, to be asked later.",
    discussion: """
      One byte per frame, compressed, with zones, watermarks and free lists. Of this host that needs \
      root; the file is read anywhere, without any right.

        sudo framelab snapshot -o host.flsnap
        framelab snapshot --machine Workloads/machine/fork.machine -o fork.flsnap
        framelab ask --need 100x2MiB host.flsnap
      """)

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The file, replacing an older one.", valueName: "file"),
    completion: .file(extensions: ["flsnap"]))
  var output: String

  @OptionGroup var source: AskSource

  func run() throws {
    let (snapshot, _) = try source.read()
    let frames = snapshot.zones.reduce(0) { $0 + $1.states.count }
    guard frames > 0 else {
      throw CLIError.hostLacks(snapshot.caveats.first ?? "this host shows no frames")
    }
    try snapshot.write(to: output)
    let bytes = try FileManager.default.attributesOfItem(atPath: output)[.size] as? Int ?? 0
    print(
      "\(snapshot.origin) · \(AskText.grouped(frames)) frames in \(snapshot.zones.count) "
        + "\(snapshot.zones.count == 1 ? "zone" : "zones") · \(ByteCount(bytes).rounded)")
  }
}
