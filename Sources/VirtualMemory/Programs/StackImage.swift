/// The strings that a new program finds at the top of its stack, as Linux lays them out: from the top
/// eight bytes of zero, the program's name, the environment, the arguments.
struct StackImage: Sendable {
  /// Up to the top.
  var strings: [UInt8] = []
  /// Where each string begins, counted from the top downwards.
  var nameDepth = 0
  var argumentDepths: [Int] = []
  var environmentDepths: [Int] = []

  /// Errors: E2BIG (more than a quarter of the stack's limit).
  init(
    name: String, arguments: [String], environment: [String], limit: Int
  ) throws(Errno) {
    var parts: [[UInt8]] = [[UInt8](repeating: 0, count: 8)]
    var depth = 8
    func place(_ text: String) -> Int {
      let bytes = text.utf8 + [0]
      depth += bytes.count
      parts.append(bytes)
      return depth
    }
    nameDepth = place(name)
    environmentDepths = environment.reversed().map(place).reversed()
    argumentDepths = arguments.reversed().map(place).reversed()
    guard depth + 8 * (arguments.count + environment.count) <= limit / 4 else { throw .tooBig }
    strings.reserveCapacity(depth)
    for part in parts.reversed() { strings += part }
  }
}

extension Machine {
  /// Writes the strings, and below them argc, the pointers to arguments and environment, and the
  /// auxiliary vector; returns the stack pointer.
  mutating func writeStack(
    _ stack: StackImage, _ program: ElfImage, _ start: ProgramStart, _ task: TaskID
  ) throws(Errno) -> UInt64 {
    let top = UInt64(AddressSpace.userPages) << 12
    var pointer = top - UInt64(stack.strings.count)
    do {
      try copyToUser(task, pointer, stack.strings)
      pointer &= ~15
      let platform = Array("x86_64".utf8) + [0]
      pointer -= UInt64(platform.count)
      let platformAddress = pointer
      try copyToUser(task, pointer, platform)
      // Sixteen random bytes, the same in every run.
      pointer -= 16
      let randomAddress = pointer
      try copyToUser(task, pointer, (0..<16).map { UInt8($0 * 17) })

      let headers = program.headerAddress
      var words: [UInt64] = [UInt64(stack.argumentDepths.count)]
      words += stack.argumentDepths.map { top - UInt64($0) } + [0]
      words += stack.environmentDepths.map { top - UInt64($0) } + [0]
      // AT_PHDR, AT_PHENT, AT_PHNUM, AT_PAGESZ, AT_BASE, AT_ENTRY, AT_PLATFORM, AT_RANDOM, AT_EXECFN.
      words += [3, headers == 0 ? 0 : headers &+ start.base, 4, 56, 5, UInt64(program.headerCount)]
      words += [6, 4096, 7, start.interpreterBase ?? 0, 9, program.entry &+ start.base]
      words += [15, platformAddress, 25, randomAddress, 31, top - UInt64(stack.nameDepth), 0, 0]
      pointer = (pointer - UInt64(words.count) * 8) & ~15
      let bytes = words.flatMap { word in
        (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
      }
      try copyToUser(task, pointer, bytes)
    } catch {
      throw .noMemory
    }
    return pointer
  }
}
