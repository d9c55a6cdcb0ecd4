import Foundation
import MemoryUnits
import Testing
import VirtualMemory

@Suite("Machine: large", .serialized)
struct LargeMachineTests {
  /// Bytes of host memory behind this process, which is one of its own for each test: others that run
  /// beside it would be measured too.
  private static var residentBytes: Int {
    let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?
      .split(separator: " ")
    return (fields.flatMap { Int($0[1]) } ?? 0) << 12
  }

  /// Bytes that the host could give.
  private static var availableBytes: Int {
    let line = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8))?
      .split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
    return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) << 10
  }

  /// Maps and populates so much of a machine of 1 TiB; host memory that this took.
  private static func mapped(_ mapping: ByteCount) throws -> Int {
    let before = residentBytes
    var configuration = MachineConfiguration(frameCount: 1 << 28, keepsContents: false)
    configuration.overcommit = 1
    var machine = Machine(configuration)
    let task = try machine.spawn()
    let address = try machine.mmap(
      task, length: UInt64(mapping.rawValue), .readWrite, [.private, .anonymous, .populate])
    #expect(machine.addressSpace(of: task)?.resident.anonymous == mapping.frames)
    #expect(try machine.load(task, address + UInt64(mapping.rawValue) - 1, count: 1) == [0])
    let used = residentBytes - before
    machine.exit(task)
    // The tables' frames are zero again and cost the host nothing; descriptors stay.
    let tables = mapping.frames / 512 * 4096
    #expect(before + used - residentBytes > tables * 3 / 4)
    return used
  }

  @Test("1 TiB with 64 GiB mapped takes less than 4 GiB of host memory")
  func partlyMapped() async {
    await #expect(processExitsWith: .success) {
      let used = try LargeMachineTests.mapped(ByteCount(64 << 30))
      #expect(used < 4 << 30 && used > 512 << 20, "\(ByteCount(used).rounded)")
    }
  }

  @Test(
    "1 TiB almost fully mapped takes less than 12 GiB",
    .enabled(if: isLong && Self.availableBytes > 13 << 30, "needs --long and 13 GiB of memory"))
  func fullyMapped() async {
    await #expect(processExitsWith: .success) {
      // All but what the tables and the watermarks take.
      let used = try LargeMachineTests.mapped(ByteCount(1020 << 30))
      #expect(used < 12 << 30 && used > 9 << 30, "\(ByteCount(used).rounded)")
    }
  }
}
