import ArgumentParser
import LinuxHost

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Say what this host permits, and what each missing permission costs.",
    discussion: """
      Reads only; changes nothing. For everything that is missing it says what is lost without it \
      and how to get it. Run it as root as well to see what root would add.

        framelab doctor
        sudo framelab doctor
        framelab doctor --json | jq '.facilities[] | select(.state != "present")'

      Exit code 0 when everything that 'framelab run' needs is there, else 3.
      """)

  @OptionGroup var output: OutputFormat

  func run() throws {
    let report = DoctorReport(
      facilities: HostProbe().facilities() + Companions.facilities(host: LiveHost()))
    if output.json {
      try OutputFormat.printJSON(report)
    } else {
      print(report.text(width: Terminal.standardOutput.width))
    }
    if !report.canRun { throw ExitCode(CLIError.Kind.hostLacks.rawValue) }
  }
}
