internal import CJemalloc
internal import VirtualMemory

/// The kernel's side of one process: a task on the shared machine. What jemalloc's extent hooks work
/// on; as the machine it lives at a fixed place.
@safe
struct ProcessMemory: ~Copyable {
  let machine: UnsafeMutablePointer<SimulatedMachine>
  /// The only part of the address space in which anything is mapped: jemalloc knows all processes of
  /// the machine by addresses of its own process.
  let bounds: PageRange
  /// Memory group that is charged for the frames: the number of the instance plus one.
  let group: UInt16
  /// opt.retain: extents that become free stay mapped.
  let retain: Bool
  /// Nil before the first request, and as long as the machine has no frame for a process.
  private(set) var task: TaskID?
  /// The process is ending: the hooks leave everything to its exit.
  var isEnding = false

  init(
    machine: UnsafeMutablePointer<SimulatedMachine>, bounds: PageRange, group: UInt16, retain: Bool
  ) {
    unsafe self.machine = machine
    self.bounds = bounds
    self.group = group
    self.retain = retain
  }

  /// The task, made when it is first needed; nil when the machine has no frame for it.
  mutating func start() -> TaskID? {
    if let task { return task }
    guard let made = try? unsafe machine.pointee.system.spawn(group: group) else { return nil }
    // Everything outside of the bounds is taken, and takes no frame.
    let above = UInt64(AddressSpace.userPages) << 12 - UInt64(bounds.end) << 12
    let lowest = UInt64(16) << 12
    let below = UInt64(bounds.start) << 12 - lowest
    do {
      try unsafe machine.pointee.system.mmap(
        made, at: lowest, length: below, .none, Self.flags.union(.fixedNoReplace))
      try unsafe machine.pointee.system.mmap(
        made, at: UInt64(bounds.end) << 12, length: above, .none,
        Self.flags.union(.fixedNoReplace))
    } catch {
      fatalError("a fresh address space refuses a mapping: \(error)")
    }
    task = made
    return made
  }

  /// Ends the process; the next request starts another one.
  mutating func exit() {
    if let task { unsafe machine.pointee.system.exit(task) }
    task = nil
  }

  /// As jemalloc maps where the kernel overcommits.
  static var flags: MapFlags { [.private, .anonymous, .noReserve] }
}

// MARK: What the program asks for

extension ProcessMemory {
  /// Maps pages for so many bytes where the kernel likes; nil when there is no room.
  mutating func map(_ bytes: Int) -> Int? {
    guard let task = start(),
      let address = try? unsafe machine.pointee.system.mmap(
        task, length: UInt64(bytes), .readWrite, Self.flags)
    else { return nil }
    return Int(address)
  }

  /// Takes mapped bytes away; false when the kernel refuses, which it does when it would need too many
  /// areas.
  @discardableResult
  mutating func unmap(_ address: Int, bytes: Int) -> Bool {
    guard let task else { return true }
    return
      (try? unsafe machine.pointee.system.munmap(
        task, UInt64(address), length: UInt64(bytes))) != nil
  }

  /// Gives a mapping another length, and another place where it must; nil, and nothing changed, when
  /// the kernel refuses.
  mutating func remap(_ address: Int, bytes: Int, to newBytes: Int) -> Int? {
    guard let task,
      let moved = try? unsafe machine.pointee.system.mremap(
        task, UInt64(address), oldLength: UInt64(bytes), newLength: UInt64(newBytes), .mayMove)
    else { return nil }
    return Int(moved)
  }

  /// The process writes to these pages; false when the machine has not enough frames for all.
  mutating func touch(_ range: PageRange) -> Bool {
    guard let task else { return false }
    switch unsafe machine.pointee.system.touch(task, range) {
    case .resident: return true
    case .outOfMemory: return false
    case .signal(let signal, _): fatalError("a mapped page is touched: \(signal)")
    }
  }
}
