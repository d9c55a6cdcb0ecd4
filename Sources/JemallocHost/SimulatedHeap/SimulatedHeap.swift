internal import CSimulatedHost
internal import PageFrames
internal import TraceFormats
internal import VirtualMemory

/// All instances over one machine, fed by `HeapSchedule.replay`.
@safe
struct SimulatedHeap: HeapReplayTarget, ~Copyable {
  let machine: UnsafeMutablePointer<SimulatedMachine>
  let processes: UnsafeMutableBufferPointer<SimulatedProcess>
  /// When the current pass of each instance began, ns of the run.
  private var passStartsNs: [UInt64]
  private let spanNs: UInt64
  /// Called at every sampling point; may look at everything and change nothing.
  private let onSample: (UInt64) -> Void

  /// The clock's reading at the start of a run: jemalloc takes 0 for "never".
  static var clockStartNs: UInt64 { 1_000_000_000 }

  init(
    machine: UnsafeMutablePointer<SimulatedMachine>,
    processes: UnsafeMutableBufferPointer<SimulatedProcess>, schedule: HeapSchedule,
    onSample: @escaping (UInt64) -> Void
  ) {
    unsafe self.machine = machine
    unsafe self.processes = processes
    self.passStartsNs = schedule.offsetsNs
    self.spanNs = schedule.spanNs
    self.onSample = onSample
    unsafe machine.pointee.replayThread = framelab_thread_data()
    framelab_set_simulated_clock(Self.clockStartNs)
  }

  mutating func apply(_ record: HeapRecord, instance: Int) {
    framelab_set_simulated_clock(Self.clockStartNs + passStartsNs[instance] + record.timeNs)
    unsafe processes[instance].apply(record)
  }

  mutating func exit(instance: Int) {
    passStartsNs[instance] += spanNs
    framelab_set_simulated_clock(Self.clockStartNs + passStartsNs[instance])
    unsafe processes[instance].exit()
  }

  mutating func sample(timeNs: UInt64) { onSample(timeNs) }
}
