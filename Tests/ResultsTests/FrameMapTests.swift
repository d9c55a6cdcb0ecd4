import Foundation
import MemoryUnits
import Results
import Testing

@Suite("A frame map")
struct FrameMapTests {
  /// A machine whose frames change in runs, as an allocator's do.
  private struct Machine {
    var generator: SplitMix64
    var states: [UInt8]
    var owners: [UInt8]

    init(frames: Int, seed: UInt64) {
      generator = SplitMix64(seed: seed)
      states = [UInt8](repeating: FrameState.free.rawValue, count: frames)
      owners = [UInt8](repeating: 0, count: frames)
    }

    mutating func step(_ changes: Int) {
      for _ in 0..<changes {
        let start = Int(generator.next(upperBound: UInt64(states.count)))
        let length = 1 << Int(generator.next(upperBound: 8))
        let state = UInt8(generator.next(upperBound: 11))
        let owner = UInt8(generator.next(upperBound: 5))
        for frame in start..<min(start + length, states.count) {
          states[frame] = state
          owners[frame] = owner
        }
      }
    }
  }

  @Test(
    "reads back what was written, frame by frame, whatever the machine's size",
    arguments: [1, 511, 512, 513, 20_000], [false, true])
  func roundTrip(frames: Int, hasOwners: Bool) throws {
    var machine = Machine(frames: frames, seed: 11)
    var writer = FrameMapWriter(machineFrames: frames, hasOwners: hasOwners)
    var history = [(UInt64, [UInt8], [UInt8])]()
    for step in 0..<20 {
      let owners = hasOwners ? machine.owners : []
      writer.append(timeNs: UInt64(step) << 33, states: machine.states, owners: owners)
      history.append((UInt64(step) << 33, machine.states, machine.owners))
      machine.step(10)
    }
    let map = try FrameMap(writer.finish(), path: "x")
    #expect(map.machineFrames == frames)
    #expect(map.offeredSamples == 20)
    #expect(map.sampleIndices == Array(0..<20))
    #expect(map.hasOwners == hasOwners)
    var moment = 0
    map.forEachMoment {
      #expect($0.timeNs == history[moment].0)
      #expect($0.states == history[moment].1)
      if hasOwners { Self.checkOwners($0, history[moment].2) }
      moment += 1
    }
    #expect(moment == 20)
  }

  /// Counts owners per tile the obvious way.
  private static func checkOwners(_ moment: FrameMap.Moment, _ owners: [UInt8]) {
    for tile in moment.owners.indices {
      let frames = owners[tile * 512..<min(tile * 512 + 512, owners.count)].filter { $0 != 0 }
      let counts = Dictionary(grouping: frames, by: { $0 }).mapValues(\.count)
      let best = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }
      #expect(moment.owners[tile] == best?.key ?? 0)
      #expect(Int(moment.ownerCounts[tile]) == counts.count)
      let share = best.map { ($0.value * 100 + frames.count / 2) / frames.count } ?? 0
      #expect(Int(moment.ownerShares[tile]) == share)
    }
  }

  @Test("keeps to its budget by dropping samples evenly, and keeps the last one")
  func budget() throws {
    var machine = Machine(frames: 1 << 16, seed: 5)
    var writer = FrameMapWriter(machineFrames: 1 << 16, budget: 60_000)
    var history = [[UInt8]]()
    for step in 0..<150 {
      machine.step(400)
      history.append(machine.states)
      writer.append(timeNs: UInt64(step), states: machine.states)
    }
    let data = writer.finish()
    // The last sample comes on top, whatever it needs.
    #expect(data.count < 90_000)
    let map = try FrameMap(data, path: "x")
    #expect(map.offeredSamples == 150)
    #expect(map.sampleIndices.last == 149)
    #expect(map.sampleIndices.count > 3)
    #expect(map.sampleIndices.count < 80)
    let steps = zip(map.sampleIndices, map.sampleIndices.dropFirst()).map { $1 - $0 }
    #expect(Set(steps.dropLast()).count == 1)
    var number = 0
    map.forEachMoment {
      #expect($0.states == history[map.sampleIndices[number]])
      number += 1
    }

    // A map can be thinned further without the run.
    let smaller = try FrameMap(map.encoded(budget: 25_000), path: "y")
    #expect(smaller.offeredSamples == 150)
    #expect(smaller.sampleIndices.count < map.sampleIndices.count)
    #expect(smaller.sampleIndices.last == 149)
    number = 0
    smaller.forEachMoment {
      #expect($0.states == history[smaller.sampleIndices[number]])
      number += 1
    }
  }

  @Test("is the same file for the same input, and readable by gzip")
  func deterministic() throws {
    func make() -> Data {
      var machine = Machine(frames: 4096, seed: 3)
      var writer = FrameMapWriter(machineFrames: 4096)
      for step in 0..<5 {
        machine.step(5)
        writer.append(timeNs: UInt64(step), states: machine.states)
      }
      return writer.finish()
    }
    let data = make()
    #expect(data == make())
    let scratch = try ScratchFolder()
    try data.write(to: URL(fileURLWithPath: scratch.path + "/map.gz"))
    let gzip = Process()
    gzip.executableURL = URL(fileURLWithPath: "/bin/gzip")
    gzip.arguments = ["-t", scratch.path + "/map.gz"]
    try gzip.run()
    gzip.waitUntilExit()
    #expect(gzip.terminationStatus == 0)
  }

  @Test("without samples is a map without moments")
  func empty() throws {
    var writer = FrameMapWriter(machineFrames: 512)
    let map = try FrameMap(writer.finish(), path: "x")
    #expect(map.timesNs.isEmpty)
    #expect(map.tileCount == 1)
  }

  @Test("that is cut off anywhere or damaged is refused in one line that names the file")
  func damage() throws {
    var machine = Machine(frames: 2048, seed: 8)
    var writer = FrameMapWriter(machineFrames: 2048)
    for step in 0..<3 {
      machine.step(20)
      writer.append(timeNs: UInt64(step), states: machine.states)
    }
    let whole = writer.finish()
    for length in 0..<whole.count {
      expectRefusal(whole.prefix(length))
    }
    var generator = SplitMix64(seed: 4)
    for _ in 0..<500 {
      var damaged = whole
      let place = Int(generator.next(upperBound: UInt64(whole.count)))
      damaged[damaged.startIndex + place] ^= 1 << UInt8(generator.next(upperBound: 8))
      // Bits of the gzip header that nothing depends on may change; a frame may not.
      guard let map = try? FrameMap(damaged, path: "map") else { continue }
      let original = try FrameMap(whole, path: "map")
      #expect(map.timesNs == original.timesNs, "seed 4, bit in byte \(place)")
    }
    expectRefusal(Data("no gzip at all".utf8))
  }

  private func expectRefusal(_ data: Data) {
    do {
      _ = try FrameMap(data, path: "some/map")
      Issue.record("a map of \(data.count) bytes was accepted")
    } catch {
      #expect(error.description.hasPrefix("some/map: "))
      #expect(!error.description.contains("\n"))
    }
  }
}
