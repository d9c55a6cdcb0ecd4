import ArgumentParser
import Experiments
import Foundation
import MemoryUnits
import Translation

/// `framelab translate`: what a machine does with an address, drawn as on paper.
struct TranslateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "translate",
    abstract: "Translate virtual addresses step by step, as on a worksheet.",
    usage: "framelab translate [--machine <name or file>] <address> ... [--json]",
    discussion: """
      textbook is the simple memory system of CS:APP chapter 9 and of the CMU lecture: 14-bit \
      addresses, pages of 64 bytes, a TLB of 4 sets of 4 ways, 16 lines of 4 bytes, with the published \
      tables. Every address starts from these tables; nothing is remembered between two.

      core-i7 and zen4 are x86-64: four levels of tables, each entry decoded bit by bit, the sets of \
      the TLBs and caches that are touched. A file names a geometry of your own (see \
      Workloads/machines). These machines map nothing by themselves, so each address gets a page \
      of its own, with its tables, first.

        framelab translate --machine textbook 0x03d4
        framelab translate 0x03d4 0x0020 0x0b8f --json | jq '.[].pa'
        framelab translate --machine core-i7 0x7ffd1234abcd
        framelab translate --machine zen4 --page 2MiB --access write 0x7f0000000000

      Addresses are hexadecimal with 0x, binary with 0b, else decimal.
      """)

  @Argument(help: ArgumentHelp("Virtual addresses.", valueName: "address"))
  var addresses: [String]

  @Option(
    help: ArgumentHelp(
      "textbook, core-i7, zen4, or a YAML file of a geometry.", valueName: "name or file"),
    completion: .list(["textbook", "core-i7", "zen4"]))
  var machine = "textbook"

  @Option(
    help: ArgumentHelp(
      "Size of the page on an x86-64 machine: 4KiB, 2MiB or 1GiB (default: 4KiB).",
      valueName: "size"))
  var page: String?

  @Option(
    help: ArgumentHelp(
      "What is done on an x86-64 machine: read, write or execute (default: read).",
      valueName: "access"))
  var access: String?

  @OptionGroup var format: OutputFormat

  func run() throws {
    switch try MachineChoice(machine) {
    case .textbook:
      try refuseLargeOptions()
      let addresses = try self.addresses.map { try Self.address($0, bits: 14) }
      let textbook = SmallMachine.textbook()
      try print(
        addresses.map { WorksheetAnswer(textbook.probe($0), .textbook) },
        text: { $0.text })
    case .small(let geometry):
      try refuseLargeOptions()
      let addresses = try self.addresses.map { try Self.address($0, bits: geometry.virtualBits) }
      try print(
        addresses.map { WorksheetAnswer(Demonstration.sheet(geometry, $0), geometry) },
        text: { $0.text + "\n\n" + BenchFigure.wrapped(Demonstration.smallNote) })
    case .large(let geometry):
      let size = try Self.pageSize(page ?? "4KiB", geometry)
      let access = try Self.access(access ?? "read")
      let addresses = try self.addresses.map { try Self.canonical($0, geometry) }
      try print(
        addresses.map { WalkAnswer(geometry, $0, size, access) },
        text: { $0.text })
    }
  }

  /// One address is one object; several are an array.
  private func print<Answer: Encodable>(
    _ answers: [Answer], text: (Answer) -> String
  ) throws {
    if !format.json {
      Swift.print(answers.map(text).joined(separator: "\n\n\n"))
    } else if answers.count == 1 {
      try OutputFormat.printJSON(answers[0])
    } else {
      try OutputFormat.printJSON(answers)
    }
  }

  private func refuseLargeOptions() throws(CLIError) {
    for (name, value) in [("page", page), ("access", access)] where value != nil {
      throw .badInput("--\(name): only for x86-64 machines, which \(machine) is not")
    }
  }
}

// MARK: Reading

extension TranslateCommand {
  static func number(_ text: String) throws(CLIError) -> UInt64 {
    let lower = text.lowercased()
    let value =
      lower.hasPrefix("0x")
      ? UInt64(lower.dropFirst(2), radix: 16)
      : lower.hasPrefix("0b") ? UInt64(lower.dropFirst(2), radix: 2) : UInt64(lower)
    guard let value else {
      throw .badInput("'\(text)' is no address; expected one such as 0x03d4")
    }
    return value
  }

  static func address(_ text: String, bits: Int) throws(CLIError) -> UInt64 {
    let value = try number(text)
    guard value >> UInt64(bits) == 0 else {
      let last = "0x" + String((UInt64(1) << UInt64(bits)) - 1, radix: 16)
      throw .badInput("address \(text) has more than \(bits) bits; expected 0 to \(last)")
    }
    return value
  }

  static func canonical(
    _ text: String, _ geometry: TranslationGeometry
  ) throws(CLIError) -> UInt64 {
    let value = try number(text)
    let unused = Int64(64 - geometry.virtualBits)
    let extended = (Int64(bitPattern: value) << unused) >> unused
    guard extended == Int64(bitPattern: value) else {
      throw .badInput(
        "address \(text) is not canonical; expected bits \(geometry.virtualBits)...63 equal to bit "
          + "\(geometry.virtualBits - 1)")
    }
    return value
  }

  static func pageSize(
    _ text: String, _ geometry: TranslationGeometry
  ) throws(CLIError) -> PageSize {
    guard let size = PageSize.allCases.first(where: { $0.bytes == ByteCount(text) }) else {
      throw .badInput("--page \(text): expected 4KiB, 2MiB or 1GiB")
    }
    if size == .gigantic1GiB && !geometry.hasGiganticPages {
      throw .badInput("--page \(text): \(geometry.name) has pages of 4KiB and 2MiB only")
    }
    return size
  }

  static func access(_ text: String) throws(CLIError) -> Access {
    switch text {
    case "read": return .read
    case "write": return .write
    case "execute": return .execute
    default: throw .badInput("--access \(text): expected read, write or execute")
    }
  }
}
