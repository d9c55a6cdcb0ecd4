// The examples of the documentation, with what they are said to print.
import Fragmentation
import MemoryUnits
import PageFrames
import VirtualMemory

func expect<Value: Equatable>(_ value: Value, _ expected: Value, line: Int = #line) {
  if value != expected { fatalError("main.swift:\(line): \(value) is not \(expected)") }
}

let block = FrameRange(block: FrameNumber(512), .huge)
expect(block.count, 512)
expect(FrameNumber(512).buddy(.huge).index, 0)
expect(ByteCount("2MiB"), Order.huge.bytes)

var memory = ListBuddyMemory(frameCount: 1 << 18)  // 1 GiB
let owner = FrameOwner(state: .movable)
if let page = memory.allocate(.huge, .movable, owner: owner) {
  expect(page.index, 0)
  expect(memory.freeFrames, 261_632)
  memory.free(page, .huge)
}
expect(memory.freeFrames, 262_144)

let row = FreeAreas(blocks: [1983, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
expect(row.freeFrames, 1983)
expect(IndexText.text(row.unusableIndex(9)), "1.000")
expect(IndexText.text(row.fragmentationIndex(9)), "0.998")
if let spread = Summary([1, 2, 3, 4]) { expect(spread.studentInterval() != nil, true) }
