import CHardware

/// The end of a process whose promise to an allocator was broken: one line on standard error that
/// names frame and order, then SIGABRT. Never inlined, so that hot paths carry one branch for it.
@inline(never)
@usableFromInline
func frameFault(_ what: StaticString, frame: Int, order: Int) -> Never {
  // A static string is a constant of the binary that ends in a zero byte.
  unsafe framelab_frame_fault(
    what.utf8Start, UInt64(truncatingIfNeeded: frame), UInt64(truncatingIfNeeded: order))
}
