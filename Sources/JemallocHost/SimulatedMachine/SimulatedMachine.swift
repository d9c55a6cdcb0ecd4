internal import Aging
internal import Fragmentation
internal import MemoryUnits
internal import PageFrames
internal import Results
internal import VirtualMemory

/// The machine that all processes share, and what jemalloc asked of its kernel.
///
/// Lives at a fixed place for the whole run, reached through pointers, because jemalloc calls the
/// hooks in the middle of operations that hold the rest of the state exclusively.
struct SimulatedMachine: ~Copyable {
  var system: Machine
  var counters = KernelCounters()
  let arenaPlace: ArenaPlace
  /// Frames that were kept in use when memory was aged; 0 for empty memory.
  let agedFrames: Int
  /// Thread pointer of the thread that replays, on whose data the hooks work.
  var replayThread: UInt = 0
  /// Seeds of jemalloc's random numbers, one for every thread.
  private var seeds: SplitMix64

  init(_ request: JemallocHostRequest) throws(HostError) {
    let frames = request.machineBytes >> 12
    guard frames >= 256, frames < UInt64(UInt32.max) else {
      throw HostError(
        "a machine has between 1 MiB and 16 TiB of memory, not \(request.machineBytes) bytes")
    }
    guard 1...3000 ~= request.watermarkScaleFactor, request.minFreeKilobytes ?? 0 >= 0 else {
      throw HostError("watermark_scale_factor is 1...3000 and min_free_kbytes not negative")
    }
    guard let allocator = MachineConfiguration.Allocator(rawValue: request.allocator) else {
      throw HostError(
        "allocator is list-buddy, row-buddy or a policy of Linux, not \(request.allocator)")
    }
    let settings = ZoneSettings(
      minFreeKilobytes: request.minFreeKilobytes,
      watermarkScaleFactor: request.watermarkScaleFactor)
    let configuration = MachineConfiguration(
      frameCount: Int(frames), allocator: allocator, keepsContents: false,
      watermarks: settings.watermarks(managed: Int(frames)))
    var aged = 0
    let machine = try Self.machine(configuration, request, &aged)
    seeds = SplitMix64(seed: request.seed)
    arenaPlace = ArenaPlace(seed: request.seed)
    agedFrames = aged
    system = machine
  }

  /// A machine whose memory is fragmented as the request asks; `aged` is how many frames that keeps in
  /// use.
  private static func machine(
    _ configuration: MachineConfiguration, _ request: JemallocHostRequest, _ aged: inout Int
  ) throws(HostError) -> Machine {
    var machine = Machine(configuration)
    guard let age = request.age else { return machine }
    var churn: RecordedChurn?
    do {
      if let path = age.trace {
        churn = try RecordedChurn.load(path: path, filling: machine.frameCount).churn
      }
    } catch {
      throw HostError("\(error)")
    }
    do {
      if let churn {
        aged = try machine.age(by: churn, age.goal, seed: request.seed).keptFrames
      } else {
        aged = try machine.age(age.method, age.goal, seed: request.seed).keptFrames
      }
    } catch {
      throw HostError("memory of \(request.machineBytes) bytes is too small to be aged: \(error)")
    }
    return machine
  }

  mutating func makeThread() -> BorrowedThread {
    do {
      return try BorrowedThread(seed: seeds.next())
    } catch {
      fatalError(error.description)
    }
  }
}
