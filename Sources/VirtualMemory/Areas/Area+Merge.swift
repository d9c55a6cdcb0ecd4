extension Area {
  /// Whether this area and the one that begins where it ends may become one: alike in all flags, of
  /// one piece in their backing, and with anonymous objects that agree.
  func canMerge(with next: Area, _ objects: borrowing AnonymousObjects) -> Bool {
    guard end == next.start, flags == next.flags, file == next.file,
      next.offset == offset + count
    else { return false }
    switch (anonymous, next.anonymous) {
    case (nil, nil): return true
    case (let left?, let right?): return left == right
    // One takes the other's object over, unless that may hold pages of a parent.
    case (let object?, nil), (nil, let object?): return !objects.hasParent(object)
    }
  }
}
