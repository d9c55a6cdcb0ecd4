import LinuxHost
import MemoryUnits

/// The least that a move of a page with its bytes can take: one copy of 4 KiB between random pages of as
/// much memory, ns.
struct CopyFloor: ~Copyable {
  private let memory: MappedArray<UInt64>
  private let pages: MappedArray<UInt32>

  init(pages count: Int, seed: UInt64) {
    memory = MappedArray(count: count * 512, huge: false)
    pages = MappedArray(count: count)
    var generator = SplitMix64(seed: seed)
    for page in 0..<count {
      memory[page * 512] = 1
      pages[page] = UInt32(page)
    }
    pages.shuffle(0..<count, &generator)
  }

  func measure() -> Double {
    let pairs = pages.count / 2
    let began = ThreadClock.now
    for pair in 0..<pairs {
      let source = Int(pages[2 * pair]) * 512
      let target = Int(pages[2 * pair + 1]) * 512
      // SAFETY: both pages lie in the mapping, and they differ.
      unsafe UnsafeMutableRawPointer(memory.start + target).copyMemory(
        from: memory.start + source, byteCount: 4096)
    }
    return Double(ThreadClock.now - began) / Double(max(pairs, 1))
  }
}
