internal import MemoryUnits

struct FreeBlockScan {
  var hugeBlocks: UInt64 = 0
  var giganticBlocks: UInt64 = 0
  init(_ states: [UInt8]) {
    var run = 0
    for tile in 0..<(states.count / 512) {
      let free = states[(tile * 512)..<(tile * 512 + 512)].allSatisfy {
        $0 == FrameState.free.rawValue
      }
      if tile % 512 == 0 { run = 0 }
      if free { hugeBlocks += 1; run += 1; if run == 512 { giganticBlocks += 1 } }
    }
  }
}
