import ArgumentParser
import Benchmarking
import Foundation

/// Allocators from elsewhere on the command line of `framelab bench`.
struct BenchPlugins: ParsableArguments {
  @Option(
    name: .customLong("plugin"),
    help: ArgumentHelp(
      "A shared library with the interface of framelab/frame_allocator.h, checked and measured in a "
        + "process of its own. Can be given several times.", valueName: "PATH.so[:options]"))
  var names: [String] = []

  @Option(
    help: ArgumentHelp(
      "Seconds without a sign of life after which a plugin hangs.", valueName: "seconds"))
  var pluginPatience = 30.0

  /// Examines each of them.
  func examined(threads: Int, seed: UInt64) throws -> [PluginBenchmark] {
    guard pluginPatience > 0 else {
      throw CLIError.badInput("--plugin-patience \(pluginPatience): expected a number above 0")
    }
    return try BenchChoice.unique(names).map { text in
      guard !text.isEmpty else {
        throw CLIError.badInput("--plugin: expected the path of a shared library")
      }
      let plugin = PluginName(text)
      guard FileManager.default.fileExists(atPath: plugin.path) else {
        throw CLIError.badInput("--plugin \(text): \(plugin.path) does not exist")
      }
      guard let executable = Executable.path else {
        throw CLIError.hostLacks("/proc is not mounted, and a plugin needs a process of its own")
      }
      return try PluginBenchmark(
        plugin, executable: executable, arguments: [PluginChildCommand.name], threads: threads,
        seed: seed, patience: pluginPatience, isCancelled: { Signals.isInterrupted })
    }
  }
}
