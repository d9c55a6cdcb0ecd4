/// A block of references being decoded: how far each column was read.
struct AccessBlock {
  /// The sections of `AccessColumns`, then zeroes until `slack` bytes lie behind the addresses.
  private(set) var bytes: [UInt8]
  private var sizeIndex: Int
  private let sizeEnd: Int
  private var addressIndex: Int
  private let addressEnd: Int
  private var tagIndex: Int
  private(set) var remaining: Int
  private var expectedInstruction: UInt64 = 0
  private var expectedOther: UInt64 = 0

  /// A batch takes less than this of any column.
  private static let slack = 8 * (AccessBatch.limit + 1)

  /// Nil when the columns are not those of the block's number of references, or a size is none.
  init?(_ block: TraceBlock) {
    let count = Int(block.header.count)
    let sections = block.sections
    guard sections.count == 3, sections[2].count == count, sections[0].count % 2 == 0 else {
      return nil
    }
    for index in stride(from: sections[0].lowerBound, to: sections[0].upperBound, by: 2) {
      let size = LittleEndian.read(block.bytes, index, width: 2)
      guard size >= 1, size <= AccessRecord.largestSize else { return nil }
    }
    // The tags lie behind the addresses, so that only short blocks have to be copied.
    bytes = block.bytes
    if count < Self.slack { bytes += [UInt8](repeating: 0, count: Self.slack) }
    sizeIndex = sections[0].lowerBound
    sizeEnd = sections[0].upperBound
    addressIndex = sections[1].lowerBound
    addressEnd = sections[1].upperBound
    tagIndex = sections[2].lowerBound
    remaining = count
  }

  /// Decodes the next `batch.count` references, at most `remaining` and `AccessBatch.limit`, over the
  /// content of `batch`; false when the tags want more of a column, or at the end less, than there is.
  mutating func decode(into batch: inout [AccessRecord]) -> Bool {
    let count = batch.count
    precondition(count <= remaining && count <= AccessBatch.limit)
    var sizeIndex = 0
    var addressIndex = 0
    var instruction = expectedInstruction
    var other = expectedOther
    // SAFETY: both pointers begin within their columns and advance by at most eight per reference, so
    // that they stay within the slack behind the addresses; the tags are as many as the references.
    // The table has an entry for every byte. A record is its address, then the word of its tag: size,
    // kind (whose cases are stored as their raw values, 0 to 3) and padding.
    unsafe bytes.withUnsafeBytes { bytes in
      unsafe AccessTag.all.withUnsafeBufferPointer { table in
        unsafe batch.withUnsafeMutableBytes { batch in
          guard let base = bytes.baseAddress, let table = table.baseAddress,
            var record = batch.baseAddress
          else { return }
          var tags = unsafe base + tagIndex
          var sizes = unsafe base + self.sizeIndex
          var addresses = unsafe base + self.addressIndex
          let end = unsafe tags + count
          while unsafe tags < end {
            let tag = unsafe table + Int(tags.load(as: UInt8.self))
            let bits = unsafe addresses.loadUnaligned(as: UInt64.self) & tag.pointee.addressMask
            let size = unsafe sizes.loadUnaligned(as: UInt32.self) & tag.pointee.sizeMask
            unsafe tags += 1
            unsafe addresses += Int(tag.pointee.addressBytes)
            unsafe sizes += Int(tag.pointee.sizeBytes)
            let word = unsafe tag.pointee.word | UInt64(size)
            let sign = unsafe tag.pointee.addressSign
            let step = (bits ^ sign) &- sign
            let mask = unsafe tag.pointee.instructionMask
            let address = (other ^ ((other ^ instruction) & mask)) &+ step
            unsafe record.storeBytes(of: address, as: UInt64.self)
            unsafe record.storeBytes(of: word, toByteOffset: 8, as: UInt64.self)
            unsafe record += MemoryLayout<AccessRecord>.stride
            // The kind of an instruction is 0, so that its word is its size. Each expectation
            // advances by one addition: that is the only chain from one reference to the next.
            instruction &+= (step &+ word) & mask
            other &+= step & ~mask
          }
          unsafe sizeIndex = sizes - base
          unsafe addressIndex = addresses - base
        }
      }
    }
    self.sizeIndex = sizeIndex
    self.addressIndex = addressIndex
    self.tagIndex += count
    expectedInstruction = instruction
    expectedOther = other
    remaining -= count
    return remaining > 0
      ? sizeIndex <= sizeEnd && addressIndex <= addressEnd
      : sizeIndex == sizeEnd && addressIndex == addressEnd
  }
}
