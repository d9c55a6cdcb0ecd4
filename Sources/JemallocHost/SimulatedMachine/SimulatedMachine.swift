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
      throw HostError("allocator is list-buddy or row-buddy, not \(request.allocator)")
    }
    let settings = ZoneSettings(
      minFreeKilobytes: request.minFreeKilobytes,
      watermarkScaleFactor: request.watermarkScaleFactor)
    seeds = SplitMix64(seed: request.seed)
    arenaPlace = ArenaPlace(seed: request.seed)
    system = Machine(
      MachineConfiguration(
        frameCount: Int(frames), allocator: allocator, keepsContents: false,
        watermarks: settings.watermarks(managed: Int(frames))))
  }

  mutating func makeThread() -> BorrowedThread {
    do {
      return try BorrowedThread(seed: seeds.next())
    } catch {
      fatalError(error.description)
    }
  }
}
