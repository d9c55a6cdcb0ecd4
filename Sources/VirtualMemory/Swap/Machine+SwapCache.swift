internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// One entry less refers to a slot. A frame that only the swap cache held for it is freed.
  mutating func dropSwap(_ swapEntry: SwapEntry) {
    swap.release(swapEntry.slot)
    if let frame = swap.frame(under: swapEntry.slot) { dropIfOnlyCached(frame) }
  }

  /// One entry more refers to a slot.
  mutating func shareSwap(_ swapEntry: SwapEntry) { swap.retain(swapEntry.slot) }

  /// Puts a frame into the swap cache under a slot; the cache holds a reference.
  mutating func enterSwapCache(_ frame: FrameNumber, _ slot: UInt32) {
    swap.enter(frame, slot)
    memory.frames.set(.swapCache, of: frame)
    memory.frames.addReferences(1, to: frame)
  }

  /// Takes a frame out of the swap cache. What it holds is nowhere else then, unless the slot is still
  /// referred to.
  mutating func leaveSwapCache(_ frame: FrameNumber) {
    swap.leave(frame)
    memory.frames.clear(.swapCache, of: frame)
    dropReference(frame)
  }

  /// Frees the slot of a frame that is in memory if no entry refers to the slot (Linux:
  /// folio_free_swap); the frame must be mapped or held. True when the frame has no slot any more.
  @discardableResult
  mutating func freeSlot(of frame: FrameNumber) -> Bool {
    guard let slot = swap.slot(of: frame) else { return true }
    guard swap.references(to: slot) == 0 else { return false }
    memory.frames.set(.dirty, of: frame)
    leaveSwapCache(frame)
    return true
  }

  /// Frees a frame that only the swap cache refers to, if its slot is wanted by nobody.
  mutating func dropIfOnlyCached(_ frame: FrameNumber) {
    guard memory.frames.references(to: frame) == 1, memory.frames.mappings(of: frame) == 0,
      let slot = swap.slot(of: frame), swap.references(to: slot) == 0
    else { return }
    leaveSwapCache(frame)
  }

  /// Where the bytes of a slot are: behind those of the frames.
  func place(of slot: UInt32) -> FrameNumber {
    FrameNumber(configuration.frameCount + Int(slot))
  }

  /// Writes a frame to a slot.
  mutating func writeSwap(_ frame: FrameNumber, _ slot: UInt32) {
    contents.copy(frame, to: place(of: slot))
    memory.frames.clear(.dirty, of: frame)
    counters.pswpout &+= 1
    counters.pgpgout &+= 4
    elapsed += costs.writePage
    note(.swappedOut(frame, slot: slot))
  }

  /// Reads a slot into a fresh frame, without the cost of the request.
  mutating func readSwap(_ frame: FrameNumber, _ slot: UInt32) {
    contents.copy(place(of: slot), to: frame)
    counters.pswpin &+= 1
    counters.pgpgin &+= 4
    note(.swappedIn(frame, slot: slot))
  }
}
