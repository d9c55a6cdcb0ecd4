import MemoryUnits

/// Random sequences, biased to operations that meet: their ranges begin and end at a few pages that a
/// sequence prefers.
struct Generator {
  /// What a world can do; the rest is left out.
  struct Abilities: OptionSet {
    let rawValue: Int
    static let fork = Self(rawValue: 1)
    static let files = Self(rawValue: 2)
    static let truncate = Self(rawValue: 4)
    static let hugeAdvice = Self(rawValue: 8)
    static let growsDown = Self(rawValue: 16)
    static let removeAdvice = Self(rawValue: 32)
    static let otherAdvice = Self(rawValue: 64)
    /// What lies behind a file's end in its last page is written, and the file then grows over it: file
    /// systems differ in what is read there.
    static let tails = Self(rawValue: 128)
    static let heap = Self(rawValue: 256)
    static let locks = Self(rawValue: 512)
    static let lazyFree = Self(rawValue: 1024)
    /// Which pages are present then is the kernel's own choice.
    static let pageOut = Self(rawValue: 2048)
    /// Ranges of up to 256 pages instead of 64, which begin full.
    static let large = Self(rawValue: 4096)
    /// Everything that has one answer on the host.
    static let all: Self = [
      .fork, .files, .truncate, .hugeAdvice, .growsDown, .removeAdvice, .otherAdvice, .tails,
      .heap, .locks, .lazyFree,
    ]
  }

  private var random: SplitMix64
  private let abilities: Abilities
  private var pages: UInt64
  /// Lengths of the files, and whether they keep them; without `tails` those that change are whole
  /// pages.
  private var fileBytes: [UInt64] = []
  private var keepsLengths = false
  private var heap: UInt64 = 0
  private var cuts: [UInt64] = []
  /// Living processes and their parents; nobody's is its own.
  private var parents: [UInt8: UInt8] = [0: 0]
  private var started: UInt8 = 0
  private var current: UInt8 = 0

  static func sequence(seed: UInt64, _ abilities: Abilities = .all) -> OperationSequence {
    var generator = Generator(seed, abilities)
    return generator.sequence(seed)
  }

  private init(_ seed: UInt64, _ abilities: Abilities) {
    random = SplitMix64(seed: seed)
    self.abilities = abilities
    let sizes: [UInt64] = abilities.contains(.large) ? [64, 128, 256] : [16, 16, 24, 32, 64]
    pages = sizes[Int(random.next(upperBound: UInt64(sizes.count)))]
    for _ in 0..<3 + random.next(upperBound: 4) { cuts.append(random.next(upperBound: pages)) }
  }

  private mutating func sequence(_ seed: UInt64) -> OperationSequence {
    fileBytes = (0..<OperationSequence.files).map { _ in random.next(upperBound: 8 * 4096) }
    keepsLengths = !abilities.contains(.truncate) || chance(50)
    // A page that is written back and read again has lost what was behind the end.
    if !keepsLengths && !abilities.contains(.tails) || abilities.contains(.pageOut) {
      fileBytes = fileBytes.map { $0 & ~4095 }
    }
    let begin = fileBytes
    if abilities.contains(.heap), chance(25) {
      heap = OperationSequence.base + page() * 4096 + (chance(30) ? 100 : 0)
    }
    let forks = abilities.contains(.fork) && chance(40)
    let count = 40 + Int(random.next(upperBound: chance(20) ? 360 : 80))
    var operations: [Operation] = []
    if abilities.contains(.large) {
      var fill = Operation(
        kind: .mmap, protection: 3, address: OperationSequence.base, length: pages * 4096)
      fill.flags = Linux.Map.private | Linux.Map.anonymous | Linux.Map.fixed | Linux.Map.populate
      operations.append(fill)
    }
    while operations.count < count {
      if forks, chance(6), let operation = family() {
        operations.append(operation)
        if operation.kind == .fork {
          operations.append(Operation(kind: .nothing, process: UInt8(operation.other)))
        }
      } else {
        if forks, chance(25) { current = parents.keys.sorted()[below(parents.count)] }
        operations.append(operation())
      }
    }
    for process in parents.keys.sorted() {
      operations.append(Operation(kind: .sweep, process: process))
    }
    return OperationSequence(
      seed: seed, pages: Int(pages), fileBytes: begin, heap: heap, operations: operations)
  }

  private mutating func family() -> Operation? {
    let leaves = parents.keys.sorted().filter { process in
      process != 0 && !parents.contains { $0.value == process && $0.key != process }
    }
    if started < 5, leaves.isEmpty || chance(60) {
      started += 1
      parents[started] = current
      return Operation(kind: .fork, process: current, other: UInt64(started))
    }
    guard !leaves.isEmpty else { return nil }
    let leaf = leaves[below(leaves.count)]
    guard let parent = parents.removeValue(forKey: leaf) else { return nil }
    current = parent
    return Operation(kind: .end, process: parent, other: UInt64(leaf))
  }

  private mutating func operation() -> Operation {
    var operation = Operation(kind: .nothing, process: current)
    if heap != 0, chance(6) {
      operation.kind = .brk
      operation.address = heap - 100 + random.next(upperBound: 6 * 4096)
      if chance(60) { operation.address &= ~4095 }
      return operation
    }
    switch random.next(upperBound: 100) {
    case ..<24:
      if abilities.contains(.large), chance(30) {
        range(&operation, .madvise)
        operation.flags = Linux.Advice.populateWrite
      } else {
        touch(&operation, .write)
      }
    case ..<38: touch(&operation, .read)
    case ..<56: map(&operation)
    case ..<64: range(&operation, .munmap)
    case ..<74:
      range(&operation, .mprotect)
      operation.protection = protection()
      if chance(1) { operation.protection = 1 << UInt8(below(8)) }
    case ..<82: remap(&operation)
    case ..<91: advise(&operation)
    case ..<96 where !abilities.contains(.locks): touch(&operation, .write)
    case ..<94:
      range(&operation, .mlock)
      operation.flags = chance(30) ? Linux.lockOnFault : chance(3) ? 4 : 0
    case ..<96: range(&operation, .munlock)
    case ..<98:
      range(&operation, .msync)
      operation.flags = UInt32(chance(3) ? below(16) : [0, 1, 2, 4, 5, 6][below(6)])
    default:
      if abilities.contains(.files) { file(&operation) } else { touch(&operation, .write) }
    }
    return operation
  }

  // MARK: Parts

  private mutating func below(_ bound: Int) -> Int { Int(random.next(upperBound: UInt64(bound))) }

  private mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

  private mutating func page() -> UInt64 {
    if chance(60) {
      let page = cuts[below(cuts.count)]
      return chance(25) ? page &+ 1 < pages ? page + 1 : page : page
    }
    return random.next(upperBound: pages)
  }

  private mutating func address() -> UInt64 {
    let address = OperationSequence.base + page() * 4096
    return chance(1) ? address + 2048 : address
  }

  private mutating func count(from address: UInt64) -> UInt64 {
    let first = (address - OperationSequence.base) / 4096
    if chance(35) {
      let end = cuts[below(cuts.count)]
      if end > first { return end - first }
    }
    return 1 + random.next(upperBound: chance(abilities.contains(.large) ? 25 : 10) ? pages : 5)
  }

  private mutating func bytes(from address: UInt64) -> UInt64 {
    if chance(1) {
      return [0, 0, .max, .max - 4095, .max - 8191][below(5)]
    }
    let bytes = count(from: address) * 4096
    return chance(2) ? bytes - 1000 : bytes
  }

  private mutating func range(_ operation: inout Operation, _ kind: Operation.Kind) {
    operation.kind = kind
    operation.address = address()
    operation.length = bytes(from: operation.address)
    if kind == .munmap || kind == .mmap, chance(1) { operation.address = Linux.addressEnd }
  }

  private mutating func protection() -> UInt8 {
    [3, 3, 3, 3, 1, 1, 0, 0, 5, 7, 2][below(11)]
  }

  private mutating func touch(_ operation: inout Operation, _ kind: Operation.Kind) {
    operation.kind = kind
    operation.address =
      OperationSequence.base + page() * 4096
      + UInt64(OperationSequence.sampleOffsets[below(4)])
    if kind == .write { operation.flags = UInt32(1 + below(255)) }
  }

  private mutating func map(_ operation: inout Operation) {
    range(&operation, .mmap)
    operation.protection = protection()
    var flags = chance(75) ? Linux.Map.private : Linux.Map.shared
    if chance(72) || !abilities.contains(.files) {
      flags |= Linux.Map.anonymous
      if chance(1) { operation.other = [4096, 100][below(2)] }
    } else {
      operation.file = UInt8(1 + below(OperationSequence.files))
      operation.other = UInt64(below(4)) * 4096
      if chance(40), operation.address % 4096 == 0 {
        // So that neighbours continue each other.
        operation.other = (operation.address - OperationSequence.base) % (4096 * 16)
      }
      if chance(2) { operation.other = [100, 1 << 62, (1 << 63) - 4096, .max - 4095][below(4)] }
      if chance(1) { operation.file = 0 }
    }
    switch below(100) {
    case ..<70: flags |= Linux.Map.fixed
    case ..<84: flags |= Linux.Map.fixedNoReplace
    default: break
    }
    if chance(6) { flags |= Linux.Map.populate }
    if chance(3), abilities.contains(.locks) { flags |= Linux.Map.locked }
    if chance(4) { flags |= Linux.Map.noReserve }
    if chance(3), abilities.contains(.growsDown) { flags |= Linux.Map.growsDown }
    if chance(1) { flags = flags & ~Linux.Map.type | UInt32([0, 3, 4][below(3)]) }
    operation.flags = flags
  }

  private mutating func remap(_ operation: inout Operation) {
    range(&operation, .mremap)
    if chance(5) { operation.length = 0 }
    operation.other = address()
    operation.otherLength = chance(60) ? operation.length : bytes(from: operation.address)
    operation.flags = [0, 1, 1, 3, 3, 3, 3, 5, 7, 7][below(10)]
    if chance(2) { operation.flags = UInt32(below(16)) }
  }

  private mutating func advise(_ operation: inout Operation) {
    typealias Advice = Linux.Advice
    range(&operation, .madvise)
    var choices = [
      Advice.dontNeed, Advice.dontNeed, Advice.dontNeed, Advice.populateRead,
      Advice.populateWrite, Advice.populateWrite, 99,
    ]
    if abilities.contains(.lazyFree) { choices.append(Advice.free) }
    if abilities.contains(.pageOut) { choices += [Advice.pageOut, Advice.pageOut] }
    if abilities.contains(.otherAdvice) {
      choices += [
        Advice.normal, Advice.random, Advice.sequential, Advice.willNeed, Advice.dontFork,
        Advice.doFork, Advice.dontDump, Advice.doDump, Advice.wipeOnFork, Advice.keepOnFork,
        Advice.cold, Advice.dontNeedLocked,
      ]
    }
    if abilities.contains(.hugeAdvice) { choices += [Advice.hugePage, Advice.noHugePage] }
    if abilities.contains(.removeAdvice) { choices.append(Advice.remove) }
    operation.flags = choices[below(choices.count)]
  }

  private mutating func file(_ operation: inout Operation) {
    operation.file = UInt8(1 + below(OperationSequence.files))
    let file = Int(operation.file) - 1
    if !keepsLengths, chance(30) {
      operation.kind = .truncate
      operation.length = random.next(upperBound: 8 * 4096)
      if !abilities.contains(.tails) { operation.length &= ~4095 }
      fileBytes[file] = operation.length
      return
    }
    operation.kind = .fileWrite
    operation.address =
      random.next(upperBound: 8) * 4096 + UInt64(OperationSequence.sampleOffsets[below(4)])
    operation.flags = UInt32(1 + below(255))
    guard operation.address >= fileBytes[file] else { return }
    if keepsLengths {
      operation = Operation(kind: .nothing, process: current)
    } else {
      if !abilities.contains(.tails) { operation.address |= 4095 }
      fileBytes[file] = operation.address + 1
    }
  }
}
