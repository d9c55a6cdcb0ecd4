internal import MemoryUnits
internal import PageFrames
internal import Translation
internal import VirtualMemory

extension Session {
  private static let frameColumns = 64

  /// Physical memory as a map, one character per frame, and the free blocks by order.
  func dumpFrames() -> Reply {
    let letters = taskLetters()
    let range = machine.memory.range
    let freeFrames = machine.memory.freeFrames
    var reply = Reply(
      "\(grouped(freeFrames)) of \(grouped(range.count)) frames are free "
        + "(\(ByteCount(freeFrames << 12).rounded))")
    var row: [(character: Character, style: StyledLine.Style)] = []
    var freeRows = 0
    var used: [String: Int] = [:]
    func flush(_ first: Int) {
      if row.allSatisfy({ $0.character == "." }) {
        freeRows += 1
        return
      }
      sayFree(first - freeRows * Self.frameColumns)
      var line = StyledLine(grouped(first).right(12) + "  ", .quiet)
      for part in row { line += StyledLine(String(part.character), part.style) }
      reply.lines.append(line)
    }
    func sayFree(_ first: Int) {
      if freeRows > 0 {
        let frames = freeRows * Self.frameColumns
        reply.lines.append(
          StyledLine(grouped(first).right(12) + "  ", .quiet)
            + StyledLine("... \(grouped(frames)) free frames", .quiet))
      }
      freeRows = 0
    }
    var first = range.start.index
    while first < range.start.index + range.count {
      let end = min(first + Self.frameColumns, range.start.index + range.count)
      row = []
      for index in first..<end {
        let mark = mark(FrameNumber(index), letters)
        used[String(mark.character), default: 0] += 1
        row.append(mark)
      }
      flush(first)
      first = end
    }
    let rest = first - freeRows * Self.frameColumns
    sayFree(rest)
    reply.lines += legend(letters, used)
    let blocks = machine.memory.zone.allocator.freeBlocksByOrder()
    let words = blocks.enumerated().map { "\($0):\($1)" }.joined(separator: "  ")
    reply.lines.append(StyledLine("free blocks by order  ", .quiet) + StyledLine(words))
    reply.add("free_frames", JSON(freeFrames))
    reply.add("frames", JSON(range.count))
    reply.add("free_blocks_by_order", .list(blocks.map { JSON($0) }))
    reply.add(
      "frames_by_mark",
      .object(
        used.sorted { $0.key < $1.key }.map { JSON.Member(key: $0.key, value: JSON($0.value)) }))
    return reply
  }

  /// One capital letter per running task: that of its name where it is not taken.
  private func taskLetters() -> [SpaceID: Character] {
    var letters: [SpaceID: Character] = [:]
    var taken: Set<Character> = []
    for (name, id) in tasks {
      guard let task = machine.task(id), task.state == .running, letters[task.space] == nil
      else { continue }
      let wanted = (name.uppercased() + "ABCDEGHIJLMNOPQRSTUVWXY").filter {
        $0.isASCII && $0.isLetter
      }
      let letter = wanted.first { !taken.contains($0) && !"FKZ".contains($0) } ?? "?"
      letters[task.space] = letter
      taken.insert(letter)
    }
    return letters
  }

  /// The character of a frame.
  private func mark(
    _ frame: FrameNumber, _ letters: [SpaceID: Character]
  ) -> (character: Character, style: StyledLine.Style) {
    if machine.memory.zone.allocator.isFree(frame) { return (".", .quiet) }
    let owner = machine.memory.frames.owner(of: frame)
    switch owner.state {
    case .reserved: return ("z", .quiet)
    case .pageTable:
      let letter = letters[SpaceID(rawValue: owner.object)]
      return letter.map { (Character($0.lowercased()), .mark) } ?? ("k", .quiet)
    case .movable, .fileCache:
      let spaces = Set(machine.mappings(of: frame).map(\.space))
      if spaces.count > 1 { return ("*", .good) }
      if let space = spaces.first { return (letters[space] ?? "?", .name) }
      return (owner.state == .fileCache ? "F" : "+", .good)
    default: return ("k", .quiet)
    }
  }

  private func legend(_ letters: [SpaceID: Character], _ used: [String: Int]) -> [StyledLine] {
    var parts: [String] = []
    for (name, id) in tasks {
      guard let task = machine.task(id), task.state == .running,
        let letter = letters[task.space]
      else { continue }
      parts.append("\(letter) pages of \(name), \(letter.lowercased()) tables")
    }
    let others = [
      ("*", "shared page"), ("F", "cached page of a file"), ("+", "page in swap cache"),
      ("k", "kernel"), ("z", "zero page"), (".", "free"),
    ]
    parts += others.filter { used[$0.0] != nil }.map { "\($0.0) \($0.1)" }
    var lines: [String] = []
    for part in parts {
      if let last = lines.last, last.count + part.count < 94 {
        lines[lines.count - 1] = last + " · " + part
      } else {
        lines.append(part)
      }
    }
    return lines.map { StyledLine($0, .quiet) }
  }

  /// Who maps a frame, found from the frame.
  func dumpReverseMap(_ frame: FrameNumber) -> Reply {
    let isFree = machine.memory.zone.allocator.isFree(frame)
    // The head has what all frames of a folio share.
    let head = isFree ? frame : machine.memory.frames.head(of: frame)
    let folioFrames = isFree ? 1 : machine.memory.frames.folioFrames(of: frame)
    let frames = machine.memory.frames.flags(of: head).subtracting(.anonExclusive)
      .union(machine.memory.frames.flags(of: frame))
    let references = isFree ? 0 : Int(machine.memory.frames.references(to: head))
    let mappings = isFree ? [] : machine.mappings(of: frame)
    let owner = machine.memory.frames.owner(of: frame)
    var reply = Reply(
      StyledLine(frameWords(frame)) + ": \(counted(references, "reference")), "
        + "\(counted(mappings.count, "mapping"))")
    if !isFree, owner.state == .movable || owner.state == .fileCache {
      let object =
        owner.state == .fileCache
        ? fileName(FileID(rawValue: owner.object)) : "anonymous object \(owner.object)"
      reply.lines.append(
        StyledLine("  page \(owner.index) of \(object)  ")
          + StyledLine(Self.names(frames).joined(separator: " "), .mark))
    }
    if folioFrames > 1 {
      reply.lines.append(
        StyledLine("  one of a folio of \(folioFrames) from frame \(head.rawValue)")
          + ", which has references and flags")
    }
    for mapping in mappings {
      let names = tasks(in: mapping.space)
      let place = UInt64(mapping.page) << 12
      var line = StyledLine("  \(names.joined(separator: " ")) ", .name)
      line += StyledLine("at \(prefixed(place))")
      if let id = tasks.last(where: { $0.name == names.first })?.id,
        let entry = leafEntry(id, place)
      {
        line += "  " + StyledLine(entry.bitNames(isLeaf: true).joined(separator: " "), .mark)
      }
      reply.lines.append(line)
    }
    reply.add("frame", JSON(frame.rawValue))
    reply.add("folio_frames", JSON(folioFrames))
    reply.add("use", .string(useWords(frame)))
    reply.add("references", JSON(references))
    reply.add("flags", .list(Self.names(frames).map { .string($0) }))
    reply.add(
      "mappings",
      .list(
        mappings.map {
          .members(
            ("tasks", .list(tasks(in: $0.space).map { .string($0) })),
            ("address", JSON($0.page << 12)))
        }))
    return reply
  }
}
