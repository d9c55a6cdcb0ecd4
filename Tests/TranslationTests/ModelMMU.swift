import MemoryUnits
import Translation

/// What `MMU` promises, over its own tables in dictionaries, without any cleverness.
struct ModelMMU {
  var geometry: TranslationGeometry
  var l1Data: ModelStore
  var l1Instruction: ModelStore
  var l2Data: ModelStore
  var l2Instruction: ModelStore
  /// By level of the entries kept: 2, 3, 4, 5.
  var walkCaches: [Int: ModelStore]
  /// Words of tables by frame and slot.
  var tables: [UInt32: [Int: UInt64]] = [:]
  var root: UInt32 = 0
  var asid: UInt16 = 0
  var walks = 0
  var reads = 0
  var walkCacheHits = 0

  init(_ geometry: TranslationGeometry) {
    self.geometry = geometry
    func store(_ structures: [TLBGeometry]) -> ModelStore {
      ModelStore(
        structures: structures.map {
          .init(sets: $0.sets, ways: $0.ways, bits: $0.pageSizes.map { Int($0.rawValue) })
        })
    }
    l1Data = store(geometry.l1Data)
    l1Instruction = store(geometry.l1Instruction)
    l2Data = store(geometry.l2Data)
    l2Instruction = store(geometry.l2Instruction)
    let sizes = geometry.walkCaches
    walkCaches = [:]
    for (level, count) in [
      2: sizes.directory, 3: sizes.directoryPointer, 4: sizes.level4, 5: sizes.level5,
    ] where count > 0 && level <= geometry.levels {
      walkCaches[level] = ModelStore(
        structures: [.init(sets: 1, ways: count, bits: [9 * (level - 1)])])
    }
  }

  mutating func translate(_ address: UInt64, _ access: Access) -> Translated {
    if access.isExecute {
      if geometry.l2Instruction.isEmpty {
        return resolve(\.l1Instruction, \.l2Data, address, access)
      }
      return resolve(\.l1Instruction, \.l2Instruction, address, access)
    }
    return resolve(\.l1Data, \.l2Data, address, access)
  }

  private enum Verdict { case usable, lacksDirty, denied }

  private func judge(_ entry: ModelStore.Entry, _ access: Access) -> Verdict {
    if access.isUser && !entry.isUser { return .denied }
    if access.isWrite && !entry.isWritable { return .denied }
    if access.isExecute && !entry.isExecutable { return .denied }
    return access.isWrite && !entry.isDirty ? .lacksDirty : .usable
  }

  private mutating func resolve(
    _ first: WritableKeyPath<ModelMMU, ModelStore>, _ second: WritableKeyPath<ModelMMU, ModelStore>,
    _ address: UInt64, _ access: Access
  ) -> Translated {
    let page = address >> 12
    let asid = asid
    for level in [first, second] {
      let model = self
      let found = self[keyPath: level].find(page, asid: asid) { model.judge($0, access) == .usable }
      switch found.map({ ($0, judge($0, access)) }) {
      case (let found, .usable)?:
        self[keyPath: level].hits += 1
        if level == second { self[keyPath: first].enter(found.whole, around: page) }
        return Translated(rawValue: (found.frame + page - found.page) << 12 | address & 4095)
      case (_, .denied)?:
        self[keyPath: level].hits += 1
        for level in [first, second] {
          self[keyPath: level].removeAll { $0.wholeCovers(page, asid: asid) }
        }
        return Translated([.protection, FaultCode(access)])
      case (_, .lacksDirty)?, nil:
        self[keyPath: level].misses += 1
      }
    }
    let result = walk(address, access)
    for level in [first, second] {
      let wasThere = self[keyPath: level].all.contains { $0.covers(page, asid: asid) }
      if wasThere { self[keyPath: level].removeAll { $0.wholeCovers(page, asid: asid) } }
    }
    switch result {
    case .failure(let fault):
      if fault.code.contains(.protection) {
        for level in walkCaches.keys {
          walkCaches[level]?.removeAll { $0.covers(page, asid: asid) }
        }
      }
      return Translated(fault.code)
    case .success(let entry):
      self[keyPath: second].enter(entry, around: page)
      self[keyPath: first].enter(entry, around: page)
      return Translated(rawValue: (entry.frame + page - entry.page) << 12 | address & 4095)
    }
  }

  private struct Fault: Error { var code: FaultCode }

  private mutating func walk(
    _ address: UInt64, _ access: Access
  ) -> Result<ModelStore.Entry, Fault> {
    let unused = UInt64(64 - geometry.virtualBits)
    let extended = Int64(bitPattern: address << unused) >> Int64(unused)
    guard UInt64(bitPattern: extended) == address else {
      return .failure(Fault(code: .nonCanonical))
    }
    walks += 1
    let page = address >> 12
    var entry = ModelStore.Entry(asid: asid, page: page, bits: 0, wholeBits: 0, frame: 0)
    var table = root
    var level = geometry.levels
    for cached in walkCaches.keys.sorted() {
      if let found = walkCaches[cached]?.find(page, asid: asid, use: { _ in true }) {
        walkCacheHits += 1
        entry.isUser = found.isUser
        entry.isWritable = found.isWritable
        entry.isExecutable = found.isExecutable
        table = UInt32(found.frame)
        level = cached - 1
        break
      }
    }
    while true {
      let bits = 9 * (level - 1)
      let slot = Int(page >> UInt64(bits) & 511)
      let word = tables[table, default: [:]][slot, default: 0]
      reads += 1
      if word & 1 == 0 { return .failure(Fault(code: FaultCode(access))) }
      if word & 2 == 0 { entry.isWritable = false }
      if word & 4 == 0 { entry.isUser = false }
      if word >> 63 != 0 { entry.isExecutable = false }
      let next = word >> 12 & (1 << 40 - 1)
      if level == 1 || word & 1 << 7 != 0 {
        let frame = level == 1 ? next : next & ~1
        if level > 3 || level == 3 && !geometry.hasGiganticPages
          || frame & (1 << UInt64(bits) - 1) != 0
        {
          return .failure(Fault(code: [.protection, .reserved, FaultCode(access)]))
        }
        entry.isDirty = access.isWrite || word & 1 << 6 != 0
        if judge(entry, access) == .denied {
          return .failure(Fault(code: [.protection, FaultCode(access)]))
        }
        tables[table]?[slot] = word | 1 << 5 | (access.isWrite ? 1 << 6 : 0)
        entry.bits = bits
        entry.wholeBits = bits
        entry.page = page & (~0 << UInt64(bits))
        entry.frame = frame
        entry.isGlobal = word & 1 << 8 != 0
        return .success(entry)
      }
      tables[table]?[slot] = word | 1 << 5
      table = UInt32(next)
      var kept = entry
      kept.bits = bits
      kept.wholeBits = bits
      kept.page = page & (~0 << UInt64(bits))
      kept.frame = next
      walkCaches[level]?.enter(kept, around: page)
      level -= 1
    }
  }

  mutating func invalidate(_ matches: (ModelStore.Entry) -> Bool) {
    l1Data.removeAll(matches)
    l1Instruction.removeAll(matches)
    l2Data.removeAll(matches)
    l2Instruction.removeAll(matches)
  }

  mutating func dropWalks(asid: UInt16?) {
    for level in walkCaches.keys {
      walkCaches[level]?.removeAll { asid == nil || $0.asid == asid }
    }
  }
}
