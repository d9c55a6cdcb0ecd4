internal import MemoryUnits

extension TranslationGeometry {
  /// The x86-64 presets by name.
  public static var presets: [TranslationGeometry] { [.corei7, .zen4] }

  /// Nehalem, the Core i7 of CS:APP chapter 9 and of the lecture deck: 4-way TLBs, 32 entries for
  /// large pages, no 1 GiB pages. Its walk caches are not published; sizes are assumed.
  public static var corei7: TranslationGeometry {
    TranslationGeometry(
      name: "core-i7", hasGiganticPages: false,
      l1Data: [
        TLBGeometry(sets: 16, ways: 4, pageSizes: [.base4KiB]),
        TLBGeometry(sets: 8, ways: 4, pageSizes: [.huge2MiB]),
      ],
      l1Instruction: [
        TLBGeometry(sets: 32, ways: 4, pageSizes: [.base4KiB]),
        .fullyAssociative(7, [.huge2MiB]),
      ],
      l2Data: [TLBGeometry(sets: 128, ways: 4, pageSizes: [.base4KiB])],
      walkCaches: WalkCacheGeometry(directory: 32, directoryPointer: 4, level4: 2),
      caches: CacheHierarchyGeometry(
        l1Data: CacheGeometry(sets: 64, ways: 8, lineBytes: 64),
        l1Instruction: CacheGeometry(sets: 64, ways: 8, lineBytes: 64),
        l2: CacheGeometry(sets: 512, ways: 8, lineBytes: 64),
        l3: CacheGeometry(sets: 8192, ways: 16, lineBytes: 64)))
  }

  /// AMD Zen 4. Entries of the TLBs and sizes of the caches as CPUID reports them (leaves 8000_0005h,
  /// 8000_0006h and 8000_001Dh, read on an EPYC of family 19h model 11h). The associativity of the
  /// second-level TLBs has no exact CPUID code; 24 and 8 ways make both a power of two of sets.
  ///
  /// The walk caches are assumed. Zen processors keep page-directory entries among those of the
  /// second-level data TLB (WikiChip on Zen 2); 512 entries of their own stand for that here.
  public static var zen4: TranslationGeometry {
    let all = PageSize.allCases
    return TranslationGeometry(
      name: "zen4",
      l1Data: [.fullyAssociative(72, all)],
      l1Instruction: [.fullyAssociative(64, all)],
      l2Data: [TLBGeometry(sets: 128, ways: 24, pageSizes: [.base4KiB, .huge2MiB])],
      l2Instruction: [TLBGeometry(sets: 64, ways: 8, pageSizes: [.base4KiB, .huge2MiB])],
      walkCaches: WalkCacheGeometry(
        directory: 512, directoryPointer: 32, level4: 16, level5: 8),
      caches: CacheHierarchyGeometry(
        l1Data: CacheGeometry(sets: 64, ways: 8, lineBytes: 64),
        l1Instruction: CacheGeometry(sets: 64, ways: 8, lineBytes: 64),
        l2: CacheGeometry(sets: 2048, ways: 8, lineBytes: 64),
        l3: CacheGeometry(sets: 32768, ways: 16, lineBytes: 64)))
  }
}
