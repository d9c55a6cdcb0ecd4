import Foundation
import MemoryUnits
import PageFrames
import Testing
import VirtualMemory

/// What an address space should be: a set of mapped pages, some of them resident.
struct PageModel {
  var mapped: Set<Int> = []
  var resident: Set<Int> = []

  /// Pages of the range before the first that is not mapped.
  func mappedPrefix(_ range: PageRange) -> Range<Int> {
    let end = (range.start..<range.end).first { !mapped.contains($0) } ?? range.end
    return range.start..<end
  }

  mutating func unmap(_ range: PageRange) {
    for page in range.start..<range.end {
      mapped.remove(page)
      resident.remove(page)
    }
  }

  mutating func discard(_ range: PageRange) {
    for page in range.start..<range.end { resident.remove(page) }
  }

  /// Page tables of all levels that a walk to the resident pages needs.
  var tables: Int {
    (1...4).reduce(0) { sum, level in sum + Set(resident.map { $0 >> (9 * level) }).count }
  }
}

@Suite struct HeapSpaceModelTests {
  /// Three address spaces over one machine, random operations, everything compared with the model
  /// after each of them and both ways of the reverse map every so often.
  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func randomOperations(seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    let machineFrames = 6000
    var memory = ListBuddyMemory(frameCount: machineFrames)
    // Bounds that cross borders of leaf and upper tables, high in the address space.
    let bounds = PageRange(start: (5 << 27) + (3 << 18) - 1500, count: 3000)
    let spaces = [Space](count: 3, bounds: bounds)
    let long = ProcessInfo.processInfo.environment["FRAMELAB_LONG"] == "1"
    let steps = long ? 200_000 : 3_000
    for step in 0..<steps {
      let chosen = Int(generator.next(upperBound: 3))
      let start = bounds.start + Int(generator.next(upperBound: UInt64(bounds.count)))
      let longest = generator.next(upperBound: 8) == 0 ? 1200 : 60
      let count = min(1 + Int(generator.next(upperBound: UInt64(longest))), bounds.end - start)
      let range = PageRange(start: start, count: count)
      let problem = spaces[chosen].operate(
        Int(generator.next(upperBound: 12)), range, memory: &memory)
      #expect(problem == nil, "seed \(seed), step \(step)")
      let used = spaces.reduce(0) { $0 + $1.model.resident.count + $1.model.tables }
      #expect(machineFrames - memory.freeFrames == used, "seed \(seed), step \(step)")
      if problem != nil { return }
      if step % 500 == 0 || step == steps - 1 {
        memory.zone.allocator.validate()
        for space in spaces { space.validate(memory) }
      }
    }
    for index in spaces.indices { spaces[index].tearDown(&memory) }
    #expect(memory.freeFrames == machineFrames, "seed \(seed)")
    let fresh = ListBuddyMemory(frameCount: machineFrames)
    for order in 0..<Order.allocatorCount {
      #expect(
        memory.zone.allocator.freeBlockCount(Order(order))
          == fresh.zone.allocator.freeBlockCount(Order(order)),
        "seed \(seed), order \(order)")
    }
  }
}

extension [Space] {
  fileprivate init(count: Int, bounds: PageRange) {
    self = (0..<count).map { Space(object: UInt32($0 + 1), bounds: bounds) }
  }
}

/// An address space beside its model.
final class Space {
  private var space: HeapSpace
  var model = PageModel()

  init(object: UInt32, bounds: PageRange) {
    space = HeapSpace(object: object, group: UInt16(object), bounds: bounds)
  }

  func validate(_ memory: borrowing ListBuddyMemory) { space.validate(memory: memory) }

  func tearDown(_ memory: inout ListBuddyMemory) { space.tearDown(memory: &memory) }

  /// One operation on both; what differs, or nil.
  func operate(_ kind: Int, _ range: PageRange, memory: inout ListBuddyMemory) -> String? {
    switch kind {
    case 0, 1: mapAnywhere(range.count, alignment: 1 << (range.start & 3))
    case 2: mapFixed(range)
    case 3: unmap(range, &memory)
    case 4, 5: discard(range, &memory)
    case 6: resize(range, &memory)
    default: touch(range, &memory)
    }
  }

  private func mapAnywhere(_ count: Int, alignment: Int) -> String? {
    let bounds = space.bounds
    // The definition: the highest aligned start with nothing mapped behind it.
    var expected: Int?
    var free = 0
    for page in stride(from: bounds.end - 1, through: bounds.start, by: -1) {
      free = model.mapped.contains(page) ? 0 : free + 1
      if free >= count, page % alignment == 0 {
        expected = page
        break
      }
    }
    let start = space.map(count: count, alignment: alignment)
    guard start == expected else { return "mapped at \(start ?? -1), not \(expected ?? -1)" }
    if let start { model.mapped.formUnion(start..<start + count) }
    return compare()
  }

  private func mapFixed(_ range: PageRange) -> String? {
    let isFree = !(range.start..<range.end).contains { model.mapped.contains($0) }
    guard space.map(at: range) == isFree else { return "map at \(range) is not \(isFree)" }
    if isFree { model.mapped.formUnion(range.start..<range.end) }
    return compare()
  }

  private func unmap(_ range: PageRange, _ memory: inout ListBuddyMemory) -> String? {
    let before = model.resident.count
    model.unmap(range)
    let freed = space.unmap(range, memory: &memory)
    guard freed == before - model.resident.count else { return "unmap freed \(freed)" }
    return compare()
  }

  private func discard(_ range: PageRange, _ memory: inout ListBuddyMemory) -> String? {
    let before = model.resident.count
    model.discard(range)
    let freed = space.discard(range, memory: &memory)
    guard freed == before - model.resident.count else { return "discard freed \(freed)" }
    return compare()
  }

  private func touch(_ range: PageRange, _ memory: inout ListBuddyMemory) -> String? {
    let prefix = model.mappedPrefix(range)
    let outcome = space.touch(range, memory: &memory)
    switch outcome {
    case .resident:
      guard prefix.count == range.count else { return "touched what is not mapped" }
      model.resident.formUnion(prefix)
    case .unmapped(let page):
      guard page == prefix.upperBound else { return "fault at \(page), not \(prefix.upperBound)" }
      model.resident.formUnion(prefix)
    case .outOfMemory(let touched):
      guard touched < prefix.count, memory.freeFrames <= 3 else { return "\(outcome) too early" }
      model.resident.formUnion(range.start..<range.start + touched)
    }
    return compare()
  }

  private func resize(_ around: PageRange, _ memory: inout ListBuddyMemory) -> String? {
    guard let area = space.area(containing: around.start) else { return nil }
    guard let start = space.resize(area, to: around.count, memory: &memory) else {
      return compare()
    }
    let kept = min(area.count, around.count)
    let resident = (0..<kept).filter { model.resident.contains(area.start + $0) }
    model.unmap(area)
    model.mapped.formUnion(start..<start + around.count)
    model.resident.formUnion(resident.map { start + $0 })
    return compare()
  }

  private func compare() -> String? {
    guard space.mappedPages == model.mapped.count else { return "mapped \(space.mappedPages)" }
    guard space.residentPages == model.resident.count else {
      return "resident \(space.residentPages), not \(model.resident.count)"
    }
    guard space.tablePages == model.tables else {
      return "tables \(space.tablePages), not \(model.tables)"
    }
    return nil
  }
}
