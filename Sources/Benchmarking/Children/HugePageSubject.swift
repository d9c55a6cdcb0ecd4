internal import Glibc
import LinuxHost
package import MemoryUnits
import Synchronization

/// Transparent huge pages: one large mapping that asks for them; a block is taken by writing its first
/// byte, which makes the kernel find and zero 2 MiB, and given back by MADV_DONTNEED.
@safe
package struct HugePageSubject: BenchmarkSubject, ~Copyable, @unchecked Sendable {
  // SAFETY: mapped for `bytes` until `deinit`; blocks lie within.
  private let start: UnsafeMutableRawPointer
  private let bytes: Int
  private let first: UInt
  /// Names of the blocks, as the floor has them: its cost vanishes beside that of a page fault.
  private let names: FrameStack

  /// Throws where the kernel gives no huge pages.
  package static func make(_ plan: BenchmarkCase) throws(BenchmarkFault) -> HugePageSubject {
    let bytes = plan.memoryBytes + size
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    let memory = unsafe mmap(nil, bytes, PROT_READ | PROT_WRITE, flags, -1, 0)
    guard let memory = unsafe memory, UInt(bitPattern: memory) != UInt.max else {
      throw BenchmarkFault(.unavailable, "no address space for \(plan.memory.rounded)")
    }
    let subject = unsafe HugePageSubject(memory, bytes, plan)
    guard subject.hasHugePages else {
      throw BenchmarkFault(.unavailable, "the kernel gave no transparent huge page")
    }
    return subject
  }

  private static var size: Int { 2 << 20 }

  private init(_ memory: UnsafeMutableRawPointer, _ bytes: Int, _ plan: BenchmarkCase) {
    unsafe start = memory
    self.bytes = bytes
    first = (UInt(bitPattern: memory) + UInt(Self.size) - 1) & ~(UInt(Self.size) - 1)
    names = FrameStack(frames: plan.frames, order: plan.blockOrder, coreCount: plan.threads)
    _ = unsafe madvise(memory, bytes, MADV_HUGEPAGE)
  }

  /// Writes one byte and looks whether 2 MiB came.
  private var hasHugePages: Bool {
    let before = Self.hugeKiB
    let block = unsafe UnsafeMutableRawPointer(bitPattern: first)
    unsafe block?.storeBytes(of: 1, as: UInt8.self)
    let after = Self.hugeKiB
    _ = unsafe madvise(block, Self.size, MADV_DONTNEED)
    return after >= before + 2048
  }

  deinit { _ = unsafe munmap(start, bytes) }

  private static var hugeKiB: Int {
    guard let text = try? LiveHost().text(of: "/proc/self/smaps_rollup") else { return 0 }
    let line = text.split(separator: "\n").first { $0.hasPrefix("AnonHugePages:") }
    return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
  }

  package func allocate(_ order: Order, core: Int) -> FrameNumber? {
    guard let name = names.allocate(order, core: core) else { return nil }
    // SAFETY: the address of a block within the mapping.
    for page in stride(from: 0, to: order.frameCount, by: 512) {
      let address = first &+ UInt(name.index &+ page) << 12
      unsafe UnsafeMutableRawPointer(bitPattern: address)?.storeBytes(of: 1, as: UInt8.self)
    }
    return name
  }

  package func free(_ block: FrameNumber, _ order: Order, core: Int) {
    let address = first &+ UInt(block.index) << 12
    // SAFETY: the pages of the block alone.
    _ = unsafe madvise(
      UnsafeMutableRawPointer(bitPattern: address), 4096 << order.index, MADV_DONTNEED)
    names.free(block, order, core: core)
  }

  package func address(of block: FrameNumber) -> UInt64 {
    UInt64(first) + UInt64(block.rawValue) << 12
  }

  package func touchedBytes(_ order: Order) -> Int { 4096 << order.index }
}
