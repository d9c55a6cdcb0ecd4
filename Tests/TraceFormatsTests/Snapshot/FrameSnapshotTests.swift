import Foundation
import MemoryUnits
import Testing
import TraceFormats

@Suite("Snapshots of page frames in files")
struct FrameSnapshotTests {
  /// Two zones with a gap, random states in runs.
  static func snapshot(_ seed: UInt64, frames: Int, owners: Bool = true) -> FrameSnapshot {
    var generator = SplitMix64(seed: seed)
    var snapshot = FrameSnapshot(
      origin: "a test, seed \(seed)", ownerNames: ["", "nginx", "dentry = 3"],
      caveats: ["Half of it is made up.", "The other half too."])
    for (start, name) in [(1, "DMA32"), (frames + 700, "Normal")] {
      var zone = FrameSnapshot.Zone(node: 1, name: name, start: FrameNumber(start), states: [])
      while zone.states.count < frames {
        let state = UInt8(generator.next(upperBound: 12))
        zone.states += repeatElement(state, count: 1 + Int(generator.next(upperBound: 40)))
      }
      zone.states.removeLast(zone.states.count - frames)
      if owners {
        zone.owners = zone.states.map { _ in UInt16(generator.next(upperBound: 3)) }
      }
      if name == "Normal" {
        zone.watermarkMin = 11
        zone.watermarkLow = 22
        zone.heldFrames = 33
        zone.freeBlocks = [1, 0, 5, 700]
      }
      snapshot.zones.append(zone)
    }
    return snapshot
  }

  @Test(
    "are read back as they were written, at every border of blocks",
    arguments: [0, 1, 511, 512, 1 << 20, 1 << 20 + 1])
  func roundTrip(frames: Int) throws {
    let file = try TemporaryFile("")
    for owners in [true, false] {
      let snapshot = Self.snapshot(UInt64(frames), frames: frames, owners: owners)
      try snapshot.write(to: file.path)
      #expect(try FrameSnapshot.load(path: file.path) == snapshot)
      #expect(FrameSnapshot.recognises(path: file.path))
      #expect(try TraceKind.of(path: file.path) == .snapshot)
    }
    let lists = FrameSnapshot(
      origin: "free lists",
      zones: [
        .init(
          name: "Normal", start: FrameNumber(5), states: [])
      ])
    try lists.write(to: file.path)
    #expect(try FrameSnapshot.load(path: file.path) == lists)
  }

  @Test("cut at any byte are refused with one line that names the file and what was expected")
  func truncation() throws {
    let file = try TemporaryFile("")
    try Self.snapshot(1, frames: 3000).write(to: file.path)
    let whole = try Data(contentsOf: URL(filePath: file.path))
    for cut in 0..<whole.count {
      try whole[..<cut].write(to: URL(filePath: file.path))
      let error = #expect(throws: TraceError.self, "cut at \(cut)") {
        try FrameSnapshot.load(path: file.path)
      }
      #expect(error?.description.contains("expected") == true, "cut at \(cut)")
      #expect(error?.description.contains("\n") == false && error?.path == file.path)
    }
  }

  @Test("with a flipped bit are refused or read as they were")
  func damage() throws {
    let file = try TemporaryFile("")
    let snapshot = Self.snapshot(2, frames: 600)
    try snapshot.write(to: file.path)
    let whole = try Data(contentsOf: URL(filePath: file.path))
    var generator = SplitMix64(seed: 3)
    for _ in 0..<2000 {
      let bit = Int(generator.next(upperBound: UInt64(whole.count) * 8))
      var damaged = whole
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      try damaged.write(to: URL(filePath: file.path))
      // Bytes that are zero in this version are covered by checksums too, so no flip goes unseen.
      #expect(throws: TraceError.self, "seed 3, bit \(bit)") {
        try FrameSnapshot.load(path: file.path)
      }
    }
  }

  @Test("without one of their blocks, or with one twice, are refused")
  func blocks() throws {
    let file = try TemporaryFile("")
    try Self.snapshot(4, frames: 2000).write(to: file.path)
    let whole = try Data(contentsOf: URL(filePath: file.path))
    let bytes = [UInt8](whole)
    var starts: [Int] = []
    var offset = 32
    while offset < bytes.count {
      starts.append(offset)
      offset += 40 + (0..<4).reduce(0) { $0 | Int(bytes[offset + 16 + $1]) << (8 * $1) }
    }
    starts.append(bytes.count)
    #expect(starts.count == 10, "metadata, owners, two caveats, two zones with frames, end")
    for block in 0..<starts.count - 1 {
      let isCaveat = block == 2 || block == 3
      let isOwners = block == 1
      for repeats in [false, true] {
        var changed = Data(bytes[..<starts[block]])
        if repeats {
          changed += Data(bytes[starts[block]..<starts[block + 1]])
          changed += Data(bytes[starts[block]..<starts[block + 1]])
        }
        changed += Data(bytes[starts[block + 1]...])
        try changed.write(to: URL(filePath: file.path))
        if isCaveat || isOwners && repeats {
          #expect(throws: Never.self) { try FrameSnapshot.load(path: file.path) }
        } else {
          #expect(throws: TraceError.self, "block \(block), twice: \(repeats)") {
            try FrameSnapshot.load(path: file.path)
          }
        }
      }
    }
  }

  @Test("of other kinds are not snapshots, and what has no owner's name is not written")
  func others() throws {
    let heap = try TemporaryFile("")
    try randomHeapTrace(seed: 1, records: 10).write(to: heap.path)
    let error = #expect(throws: TraceError.self) { try FrameSnapshot.load(path: heap.path) }
    #expect(error?.description.hasSuffix("a recording of another kind: expected snapshot") == true)
    #expect(!FrameSnapshot.recognises(path: heap.path))
    var snapshot = Self.snapshot(5, frames: 10)
    snapshot.zones[0].owners[3] = 3
    #expect(throws: TraceError.self) { try snapshot.write(to: heap.path) }
    snapshot.zones[0].owners = [1]
    #expect(throws: TraceError.self) { try snapshot.write(to: heap.path) }
    #expect(try HeapTrace.load(path: heap.path).records.count == 10, "the old file is still there")
  }
}
