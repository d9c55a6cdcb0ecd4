internal import CJemalloc
internal import TraceFormats
internal import VirtualMemory

/// One instance of the recorded program: its objects, and the part of jemalloc that serves it.
///
/// jemalloc works as in a process of its own: threads take arenas in turn, every thread has a tcache
/// that is filled and trimmed by the thread's own doings, objects of opt.oversize_threshold and more
/// have an arena that purges at once. All arenas take their extents from the process's simulated
/// address space.
@safe
struct SimulatedProcess: ~Copyable {
  /// The kernel's side. Hooks change it in the middle of jemalloc's calls, so nothing of it is kept
  /// across one.
  let kernel: UnsafeMutablePointer<ProcessMemory>
  let hooks: UnsafeMutablePointer<framelab_extent_hooks>
  /// By slot.
  var objects: ContiguousArray<HeapObject>
  /// jemalloc's arena by thread number modulo narenas, made at first use; nil before.
  var arenas: ContiguousArray<UInt32?>
  /// The arena for oversize objects.
  var oversizeArena: UInt32?
  /// By thread number, made at first use; they outlive the process and serve the next one.
  var threads: ContiguousArray<BorrowedThread?>
  /// By thread number: whether the thread has an arena of this process.
  var isBound: ContiguousArray<Bool>
  /// Live objects by 2 MiB block of the address space.
  var blocks: LiveBlocks
  var counters = HeapCounters()
  var liveBytes = 0
  let touch: TouchModel
  let oversizeThreshold: Int

  init(
    kernel: UnsafeMutablePointer<ProcessMemory>, slots: Int, threads: Int, arenas: Int,
    touch: TouchModel, oversizeThreshold: Int
  ) {
    unsafe self.kernel = kernel
    unsafe self.hooks = ExtentHooks.make(for: kernel)
    self.objects = ContiguousArray(repeating: .none, count: slots)
    self.arenas = ContiguousArray(repeating: nil, count: min(threads, arenas))
    self.threads = ContiguousArray(repeating: nil, count: threads)
    self.isBound = ContiguousArray(repeating: false, count: threads)
    self.blocks = unsafe LiveBlocks(bounds: kernel.pointee.bounds)
    self.touch = touch
    self.oversizeThreshold = oversizeThreshold
  }

  mutating func apply(_ record: HeapRecord) {
    counters.records += 1
    let slot = Int(record.slot)
    let bytes = Int(clamping: record.size)
    let thread = Int(record.thread)
    switch HeapOperation(rawValue: record.operationCode) {
    case .allocate:
      allocate(slot, bytes, thread: thread, alignmentShift: record.alignmentShift, zeroed: false)
    case .allocateZeroed:
      allocate(slot, bytes, thread: thread, alignmentShift: record.alignmentShift, zeroed: true)
    case .reallocate: reallocate(slot, bytes, thread: thread)
    case .free: free(slot, thread: thread)
    case .map: map(slot, bytes)
    case .unmap: unmap(slot)
    case .remap: remap(slot, bytes)
    case nil: fatalError("record with operation code \(record.operationCode)")
    }
  }
}
