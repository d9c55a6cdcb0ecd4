/// The messages of Sources/VMOracle/oracle.h.
enum Wire {
  static let requestMagic: UInt32 = 0x5152_4d56
  static let responseMagic: UInt32 = 0x5352_4d56

  static func request(_ sequences: [OperationSequence]) -> [UInt8] {
    var body: [UInt8] = []
    for sequence in sequences {
      body.append(sequence.base)
      body.append(UInt32(sequence.pages))
      body.append(UInt32(sequence.operations.count))
      body.append(UInt32(3))
      body.append(UInt32(0))
      for file in 0..<OperationSequence.files { body.append(sequence.fileBytes[file]) }
      body.append(sequence.heap)
      for operation in sequence.operations {
        body += [
          operation.kind.rawValue, operation.process, operation.protection, operation.file,
        ]
        body.append(operation.flags)
        body.append(operation.address)
        body.append(operation.length)
        body.append(operation.other)
        body.append(operation.otherLength)
      }
    }
    var request: [UInt8] = []
    request.append(requestMagic)
    request.append(UInt32(1))
    request.append(UInt32(sequences.count))
    request.append(UInt32(0))
    request.append(UInt64(body.count))
    return request + body
  }

  static func answers(_ bytes: [UInt8], to sequences: [OperationSequence]) throws -> [[Answer]] {
    var at = 0
    return try sequences.map { sequence in
      let (outcome, count) = (bytes.uint32(at), Int(bytes.uint32(at + 4)))
      at += 16
      guard outcome == 0 else {
        throw HostOracle.Broken(
          description: "seed \(sequence.seed): the process died after \(count) operations")
      }
      return sequence.operations.map { operation in
        answer(bytes, &at, sweptPages: operation.kind == .sweep ? sequence.pages : 0)
      }
    }
  }

  private static func answer(_ bytes: [UInt8], _ at: inout Int, sweptPages: Int) -> Answer {
    var answer = Answer(
      value: Int64(bitPattern: bytes.uint64(at)), signal: bytes[at + 8], code: bytes[at + 9],
      refused: bytes[at + 11] != 0)
    let (areas, pages) = (Int(bytes.uint16(at + 12)), Int(bytes.uint16(at + 14)))
    at += 16
    answer.pages.reserveCapacity(pages)
    for page in 0..<pages {
      let place = at + 6 * page
      answer.pages.append(
        PageView(
          state: bytes[place], sampled: bytes[place + 1] != 0, bytes: bytes.uint32(place + 2)))
    }
    at += (6 * pages + 7) & ~7
    answer.areas.reserveCapacity(areas)
    for _ in 0..<areas {
      answer.areas.append(
        AreaView(
          start: bytes.uint64(at), end: bytes.uint64(at + 8), offset: bytes.uint64(at + 16),
          permissions: bytes[at + 24], file: bytes[at + 25]))
      at += 32
    }
    for _ in 0..<sweptPages {
      answer.hashes.append(bytes.uint64(at))
      at += 8
    }
    return answer
  }
}

extension [UInt8] {
  /// Little-endian, as everything on the wire.
  mutating func append(_ value: some FixedWidthInteger) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) {
      append(UInt8(truncatingIfNeeded: value &>> .init(truncatingIfNeeded: shift)))
    }
  }

  func uint16(_ at: Int) -> UInt16 { UInt16(self[at]) | UInt16(self[at + 1]) << 8 }
  func uint32(_ at: Int) -> UInt32 { UInt32(uint16(at)) | UInt32(uint16(at + 2)) << 16 }
  func uint64(_ at: Int) -> UInt64 { UInt64(uint32(at)) | UInt64(uint32(at + 4)) << 32 }
}
