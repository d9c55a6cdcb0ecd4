public import MemoryUnits

// The faults of RowBuddy's inlinable functions, deliberately not generic: Swift 6.3.1 makes nothing of
// a generic function that never returns when it specialises it in another module (zero bytes, so
// that a fault ran on into the next function), and a function that is not generic is called as it
// stands here. The exit tests of RowBuddy run in another module.

/// A freed frame that is free already: the lowest of `bits` in a row.
@inline(never)
@usableFromInline
func rowDoubleFree(_ base: Int, _ row: Int, _ bits: UInt64) -> Never {
  frameFault("double free", frame: base &+ row &* 64 &+ bits.trailingZeroBitCount, order: 0)
}

/// A free of order 9 or 10 of what was not handed out as that.
@inline(never)
@usableFromInline
func rowWrongOrder(_ frame: Int, _ lane: Lane, _ order: Order) -> Never {
  frameFault(
    lane.isEmpty ? "double free" : "free with a wrong order", frame: frame, order: order.index)
}

@inline(never)
@usableFromInline
func rowBadFree(_ frame: FrameNumber, _ order: Order) -> Never {
  frameFault(
    frame.isAligned(to: order) || order.index >= Order.allocatorCount
      ? "free out of range" : "free of a misaligned block", frame: frame.index, order: order.index)
}

@inline(never)
@usableFromInline
func noSuchRowCore(_ core: Int) -> Never { frameFault("no such core", frame: core, order: 0) }
