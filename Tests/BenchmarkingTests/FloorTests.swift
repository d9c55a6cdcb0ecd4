import Benchmarking
import Foundation
import MemoryUnits
import Testing

@Suite("Statistics, floor and published figures")
struct FloorTests {
  static let primitives = PrimitiveFloor(
    exchangeNs: 2.5, fetchOrNs: 2.5, addNs: 2, compareExchangeNs: 3, callNs: 1,
    latency: .init(l1: 1, l2: 5, l3: 20, memory: 100), smallPageMemoryNs: 120,
    independent: .init(l1: 0.5, l2: 1, l3: 5, memory: 20),
    locked: .init(l1: 2, l2: 6, l3: 22, memory: 102),
    caches: CacheSizes(l1: 1 << 10, l2: 1 << 12, l3: 1 << 14))

  @Test("smallest, middle and largest")
  func spread() {
    #expect(Spread([]) == nil)
    #expect(Spread([3, 1, 2]) == Spread([2, 3, 1]))
    let four = Spread([4, 1, 3, 2])
    #expect(four?.min == 1 && four?.median == 2.5 && four?.max == 4)
  }

  @Test("expected misses follow from footprint and sizes")
  func misses() {
    let caches = Self.primitives.caches
    #expect(caches.shares(1024) == (0, 0, 0))
    #expect(caches.shares(4096) == (0.75, 0, 0))
    #expect(caches.shares(16384) == (0.1875, 0.75, 0))
    #expect(caches.shares(32768) == (0.09375, 0.375, 0.5))
  }

  @Test("the floor is the larger of the stack and of atomics + misses")
  func terms() throws {
    let demand = FloorDemand(
      atomics: 3, locked: [.init(2, over: 4096)], plain: [.init(1, over: 32768)])
    let floor = try #require(
      Floor(figureNs: 60, stackNs: 5, demand: demand, primitives: Self.primitives))
    #expect(floor.atomicsNs == 6)
    // Two locked accesses, three quarters of which miss to the second level (4 ns more), and one
    // plain: 0.5 * 0.09375 + 4.5 * 0.375 + 19.5 * 0.5.
    let misses = try #require(floor.misses)
    let missesNs = try #require(floor.missesNs)
    #expect(abs(missesNs - 17.484375) < 1e-9)
    #expect(abs(misses - 2.46875) < 1e-9)
    #expect(abs(floor.ratio - 60 / 23.484375) < 1e-9)
    let stack = Floor(figureNs: 60, stackNs: 50, demand: demand, primitives: Self.primitives)
    #expect(stack?.floorNs == 50)
    #expect(Floor(figureNs: 60, stackNs: nil, demand: nil, primitives: Self.primitives) == nil)
  }

  @Test("what primitives cost is measured, memory above L1; of two measurements the least counts")
  func measured() {
    let floor = PrimitiveFloor.measure()
    #expect(floor.addNs > 0 && floor.exchangeNs > 0 && floor.callNs > 0)
    #expect(floor.latency.l1 > 0 && floor.latency.memory > floor.latency.l1)
    #expect(floor.caches.l1 < floor.caches.l2)
    let least = floor.least(Self.primitives)
    #expect(least.addNs <= floor.addNs && least.addNs <= 2)
    #expect(least.latency.memory == min(floor.latency.memory, 100))
  }
}
