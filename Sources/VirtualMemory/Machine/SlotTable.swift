/// Values by small numbers that the table itself gives out.
struct SlotTable<ID: RawRepresentable & Sendable, Value: Sendable>: Sendable
where ID.RawValue: FixedWidthInteger {
  /// A removed value stays behind, unused, until its number is given out again.
  private var values: ContiguousArray<Value> = []
  private var isUsed: ContiguousArray<Bool> = []
  private var spare: [Int] = []
  /// The number of the first value.
  private let first: Int
  /// Whether the numbers of removed values are given out again.
  private let reuses: Bool

  init(first: Int = 0, reuses: Bool = true) {
    self.first = first
    self.reuses = reuses
  }

  /// Adds the value that is made for its number.
  mutating func add(_ make: (ID) -> Value) -> ID {
    if let slot = spare.popLast() {
      let id = id(slot)
      values[slot] = make(id)
      isUsed[slot] = true
      return id
    }
    let id = id(values.count)
    values.append(make(id))
    isUsed.append(true)
    return id
  }

  mutating func remove(_ id: ID) {
    let slot = slot(id)
    isUsed[slot] = false
    if reuses { spare.append(slot) }
  }

  /// The value must be there.
  subscript(id: ID) -> Value {
    // By a span: the subscript of an array would copy the whole value to read one field of it.
    _read { yield values.span[slot(id)] }
    _modify { yield &values[slot(id)] }
  }

  func has(_ id: ID) -> Bool {
    let slot = slot(id)
    return slot >= 0 && slot < values.count && isUsed[slot]
  }

  /// Numbers in use, ascending.
  var all: [ID] { values.indices.filter { isUsed[$0] }.map(id) }

  var count: Int { values.count - (reuses ? spare.count : isUsed.count { !$0 }) }

  private func slot(_ id: ID) -> Int { Int(id.rawValue) - first }

  private func id(_ slot: Int) -> ID {
    guard let id = ID(rawValue: ID.RawValue(slot + first)) else {
      fatalError("a number that is no identifier: \(slot + first)")
    }
    return id
  }
}
