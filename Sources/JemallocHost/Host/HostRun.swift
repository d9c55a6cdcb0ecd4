internal import Dispatch
internal import Results
internal import TraceFormats
internal import VirtualMemory

/// One repetition: the machine, the processes on it and what is noted about them.
///
/// The replay runs on a thread of its own that does nothing else, so that neither the length of a
/// path nor the writing of a frame map has a part in what jemalloc sees of its thread. At every
/// sampling point it waits until the main thread has noted the state of the machine.
@safe
final class HostRun {
  let request: JemallocHostRequest
  let options: JemallocOptions
  let schedule: HeapSchedule
  let trace: HeapTrace
  let machine: UnsafeMutablePointer<SimulatedMachine>
  let processes: UnsafeMutableBufferPointer<SimulatedProcess>

  init(_ request: JemallocHostRequest) throws(HostError) {
    self.request = request
    options = try JemallocOptions()
    guard let touch = TouchModel(request.touch) else {
      throw HostError("touch is first-byte, all or stride:BYTES, not \(request.touch)")
    }
    guard 1...ProcessLayout.mostProcesses ~= request.instances else {
      throw HostError(
        "there are 1...\(ProcessLayout.mostProcesses) instances, not \(request.instances)")
    }
    guard request.threadCount > 0, request.arenas > 0, request.slotCount >= 0 else {
      throw HostError("threads and arenas are at least 1")
    }
    trace = try FlatRecords.read(request)
    schedule = HeapSchedule(
      spanNs: request.spanNs, instances: request.instances, seed: request.seed,
      durationNs: request.durationNs, samples: request.samples)
    // Both live until the process ends.
    unsafe machine = UnsafeMutablePointer<SimulatedMachine>.allocate(capacity: 1)
    unsafe machine.initialize(to: try SimulatedMachine(request))
    unsafe processes = UnsafeMutableBufferPointer<SimulatedProcess>.allocate(
      capacity: request.instances)
    for instance in 0..<request.instances {
      let bounds = try ProcessLayout.reserve(instance)
      let group = unsafe machine.pointee.system.makeGroup()
      let kernel = UnsafeMutablePointer<ProcessMemory>.allocate(capacity: 1)
      unsafe kernel.initialize(
        to: ProcessMemory(
          machine: machine, bounds: bounds, group: group, retain: options.retain))
      unsafe processes.initializeElement(
        at: instance,
        to: SimulatedProcess(
          kernel: kernel, slots: request.slotCount, threads: request.threadCount,
          arenas: request.arenas, touch: touch, oversizeThreshold: options.oversizeThreshold))
    }
  }

  /// Replays everything. `onSample` is called on this thread while the replay waits.
  func run(onSample: (UInt64) -> Void) throws(HostError) {
    let exchange = SampleExchange()
    let schedule = schedule
    let trace = trace
    let machine = unsafe machine
    let processes = unsafe processes
    try HostThread.run {
      var heap = unsafe SimulatedHeap(
        machine: machine, processes: processes, schedule: schedule, onSample: exchange.offer)
      schedule.replay(trace, into: &heap)
      exchange.end()
    } meanwhile: {
      while let timeNs = exchange.next() {
        onSample(timeNs)
        exchange.resume()
      }
    }
  }
}

/// Hands the machine back and forth between the replay and the main thread.
private final class SampleExchange {
  private let offered = DispatchSemaphore(value: 0)
  private let taken = DispatchSemaphore(value: 0)
  /// Written by the replay before it signals; nil at the end.
  private var timeNs: UInt64?

  func offer(_ timeNs: UInt64) {
    self.timeNs = timeNs
    offered.signal()
    taken.wait()
  }

  func end() {
    timeNs = nil
    offered.signal()
  }

  func next() -> UInt64? {
    offered.wait()
    return timeNs
  }

  func resume() { taken.signal() }
}
