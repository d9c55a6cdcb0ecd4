internal import MemoryUnits

/// All that an `MMU` holds. First-level lookups that hit are inlined into the caller; everything else
/// is here.
@usableFromInline
struct MMUState: ~Copyable {
  @usableFromInline var data: PrefixStore
  @usableFromInline var instruction: PrefixStore
  /// Second level of data, or of both.
  var second: PrefixStore
  /// Second level of instructions where it is separate; else empty.
  var secondInstruction: PrefixStore
  @usableFromInline var walker: Walker
  @usableFromInline var queue = AccessQueue()
  let hasSecondInstruction: Bool
  let geometry: TranslationGeometry

  init(_ geometry: TranslationGeometry) {
    self.geometry = geometry
    data = Self.tlb(geometry.l1Data, hints: AssociativeStore.loggedHints)
    instruction = Self.tlb(geometry.l1Instruction, hints: AssociativeStore.loggedHints)
    second = Self.tlb(geometry.l2Data, hints: 1)
    secondInstruction = Self.tlb(geometry.l2Instruction, hints: 1)
    hasSecondInstruction = !geometry.l2Instruction.isEmpty
    walker = Walker(geometry)
  }

  private static func tlb(_ structures: [TLBGeometry], hints: Int) -> PrefixStore {
    PrefixStore(
      structures.map { structure in
        (structure.sets, structure.ways, structure.pageSizes.map { Int($0.rawValue) / 9 })
      }, hints: hints, logged: hints > 1)
  }

  @inline(never)
  @usableFromInline
  mutating func resolveData(
    _ address: UInt64, _ access: Access, _ contents: inout FrameContents
  ) -> Translated {
    let quick = Self.quick(&data, &second, &walker, address, access, &contents)
    if quick != .max { return Translated(rawValue: quick) }
    return resolveAnyData(address, access, &contents)
  }

  @inline(never)
  mutating func resolveAnyData(
    _ address: UInt64, _ access: Access, _ contents: inout FrameContents
  ) -> Translated {
    Self.resolve(&data, &second, &walker, address, access, &contents)
  }

  @inline(never)
  @usableFromInline
  mutating func resolveInstruction(
    _ address: UInt64, _ access: Access, _ contents: inout FrameContents
  ) -> Translated {
    if hasSecondInstruction {
      return Self.resolve(&instruction, &secondInstruction, &walker, address, access, &contents)
    }
    return Self.resolve(&instruction, &second, &walker, address, access, &contents)
  }
}
