/// The anonymous objects of a machine (Linux's anon_vma).
///
/// An area gets one when its first anonymous page comes; fork gives the child's area a new one below
/// the parent's. A page names the object of the area into which it came first, so it may be mapped by
/// that area and by the areas of objects below: every area is entered at its own object and at all
/// above it.
struct AnonymousObjects: Sendable {
  struct Object: Sendable {
    /// The object of the area that this one was forked from.
    var parent: AnonymousID?
    var mappings = MappingIndex()
    /// Areas whose own object it is, and objects below.
    var users = 0
  }

  private var objects = SlotTable<AnonymousID, Object>()

  /// Objects in use.
  var count: Int { objects.count }

  mutating func make(below parent: AnonymousID?) -> AnonymousID {
    if let parent { objects[parent].users += 1 }
    return objects.add { _ in Object(parent: parent) }
  }

  /// Undoes `make` for an object that no area ever had.
  mutating func forget(_ id: AnonymousID) {
    objects[id].users += 1
    drop(id)
  }

  /// Whether areas with this object can hold pages of a parent process.
  func hasParent(_ id: AnonymousID) -> Bool { objects[id].parent != nil }

  /// The object that an object was forked from first, through all forks; itself without any.
  func root(of id: AnonymousID) -> AnonymousID {
    var id = id
    while let parent = objects[id].parent { id = parent }
    return id
  }

  /// Enters an area, whose `anonymous` is set, at its object and at all above.
  mutating func enter(_ area: Area, _ space: SpaceID) {
    var next = area.anonymous
    if let next { objects[next].users += 1 }
    while let id = next {
      objects[id].mappings.insert(area, space)
      next = objects[id].parent
    }
  }

  /// Takes out what `enter` put in; objects that nobody uses any more go.
  mutating func leave(_ area: Area, _ space: SpaceID) {
    var next = area.anonymous
    while let id = next {
      objects[id].mappings.remove(area, space)
      next = objects[id].parent
    }
    if let own = area.anonymous { drop(own) }
  }

  private mutating func drop(_ id: AnonymousID) {
    var next: AnonymousID? = id
    while let id = next {
      objects[id].users -= 1
      guard objects[id].users == 0 else { return }
      next = objects[id].parent
      objects.remove(id)
    }
  }

  /// Where pages of an object may be mapped; nowhere when the object is gone.
  func runs(_ id: AnonymousID, _ indices: Range<Int>) -> [MappingIndex.Run] {
    objects.has(id) ? objects[id].mappings.runs(of: indices) : []
  }

  /// Where page `index` of an object may be mapped; nowhere when the object is gone.
  func places(_ id: AnonymousID, _ index: Int) -> [(space: SpaceID, page: Int)] {
    objects.has(id) ? objects[id].mappings.places(of: index) : []
  }

  /// The same into an array that is there.
  func appendPlaces(
    _ id: AnonymousID, _ index: Int, to found: inout [(space: SpaceID, page: Int)]
  ) {
    if objects.has(id) { objects[id].mappings.appendPlaces(of: index, to: &found) }
  }
}
