internal import MemoryUnits
internal import PageFrames
internal import Results

/// The physical memory that all processes share, and what its kernel counted.
///
/// Lives at a fixed place for the whole run, reached through pointers, because jemalloc calls the
/// hooks in the middle of operations that hold the rest of the state exclusively.
struct SimulatedMachine: ~Copyable {
  var memory: ListBuddyMemory
  var counters = KernelCounters()
  let arenaPlace: ArenaPlace
  /// Where the next thread's stack and thread-local data go.
  private var threadPlace: Int

  init(_ request: JemallocHostRequest) throws(HostError) {
    let frames = request.machineBytes >> 12
    guard frames > 0, frames < UInt64(UInt32.max) else {
      throw HostError(
        "a machine has between 4 KiB and 16 TiB of memory, not \(request.machineBytes) bytes")
    }
    guard 1...3000 ~= request.watermarkScaleFactor, request.minFreeKilobytes ?? 0 >= 0 else {
      throw HostError("watermark_scale_factor is 1...3000 and min_free_kbytes not negative")
    }
    let settings = ZoneSettings(
      minFreeKilobytes: request.minFreeKilobytes,
      watermarkScaleFactor: request.watermarkScaleFactor)
    // Any of 65,536 places, so that seeds differ in the bits that jemalloc's generator uses.
    threadPlace = Self.threadRegion + Int(request.seed % (1 << 16)) << 16
    arenaPlace = ArenaPlace(seed: request.seed)
    memory = ListBuddyMemory(frameCount: Int(frames), settings: settings)
  }

  private static var threadRegion: Int { 0x0f80_0000_0000 }

  mutating func makeThread() -> BorrowedThread {
    defer { threadPlace += BorrowedThread.bytes }
    do {
      return try BorrowedThread(address: threadPlace)
    } catch {
      fatalError(error.description)
    }
  }
}
