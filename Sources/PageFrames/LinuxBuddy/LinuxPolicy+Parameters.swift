// Names are for programs that read them; libraries in Embedded Swift have no tables for text.
#if !hasFeature(Embedded)
  public import MemoryUnits

  /// Why a policy could not be read; one line.
  public struct LinuxPolicyError: Error, Hashable, CustomStringConvertible {
    public let description: String
  }

  extension LinuxPolicy {
    /// All settings, as text: names, ranges and the values of linux-6.18.
    public static let parameters: [Parameter<String>] = Setting.allCases.map { setting in
      Parameter(
        name: setting.rawValue, range: setting.range, defaultValue: LinuxPolicy()[setting],
        summary: setting.summary)
    }

    /// A bundle's name and settings that differ from it: `linux-6.18,defrag_mode=1,pcp=false`.
    public init(_ text: String) throws(LinuxPolicyError) {
      var parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      let name = parts.removeFirst()
      guard let bundle = Self.named.first(where: { $0.name == name }) else {
        throw LinuxPolicyError(
          description: "no policy \(name); there are "
            + Self.named.map(\.name).joined(separator: ", "))
      }
      self = bundle.policy
      for part in parts {
        let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
        guard pair.count == 2 else {
          throw LinuxPolicyError(description: "expected NAME=VALUE in a policy, not \(part)")
        }
        try set(pair[0], to: pair[1])
      }
    }

    /// The bundle with the fewest differences, and these: reads back as the same policy.
    public var text: String {
      let texts = Self.named.map { bundle in
        [bundle.name]
          + Setting.allCases.filter { self[$0] != bundle.policy[$0] }.map {
            "\($0.rawValue)=\(self[$0])"
          }
      }
      // The newest kernel first, where several are as near.
      let nearest = texts.reversed().min { $0.count < $1.count } ?? []
      return nearest.joined(separator: ",")
    }

    /// Sets one policy by its name.
    public mutating func set(_ name: String, to value: String) throws(LinuxPolicyError) {
      guard let setting = Setting(rawValue: name) else {
        throw LinuxPolicyError(
          description: "no policy setting \(name); there are "
            + Setting.allCases.map(\.rawValue).joined(separator: ", "))
      }
      guard set(setting, value) else {
        throw LinuxPolicyError(description: "\(name) is \(setting.range), not \(value)")
      }
    }

    /// The settings, under Linux's own names where Linux has one.
    private enum Setting: String, CaseIterable {
      case pcp
      case pcpAutoHigh = "pcp_auto_high"
      case percpuPagelistHighFraction = "percpu_pagelist_high_fraction"
      case pcpAllocFactor = "pcp_alloc_factor"
      case pcpFree = "pcp_free"
      case pcpDecay = "pcp_decay"
      case pcpHugeLists = "pcp_thp_lists"
      case fallback
      case nofragment
      case defragMode = "defrag_mode"
      case watermarkBoostFactor = "watermark_boost_factor"
      case highatomic
      case highatomicMinimum = "highatomic_minimum"
      case countsFreeHighatomic = "nr_free_highatomic"
      case buddyMergeLikely = "buddy_merge_likely"
      case pageGroupByMobility = "page_group_by_mobility"
      case pageblockOrder = "pageblock_order"
      case unmovableRegion = "unmovable_region"
      case superpageblockOrder = "superpageblock_order"

      var range: String {
        switch self {
        case .percpuPagelistHighFraction: "0, or 8 and more"
        case .pcpFree: PCPFree.allCases.map(\.name).joined(separator: ", ")
        case .pcpHugeLists: "0...2"
        case .fallback: Fallback.allCases.map(\.name).joined(separator: ", ")
        case .watermarkBoostFactor: "0 or more"
        case .pageGroupByMobility: "auto, false, true"
        case .pageblockOrder: "1...10"
        case .unmovableRegion: "0...90"
        case .superpageblockOrder: "0, or 10...18"
        default: "false, true"
        }
      }

      var summary: String {
        switch self {
        case .pcp: "Whether cores keep lists of free blocks."
        case .pcpAutoHigh: "Whether cores' lists tune their length (6.7)."
        case .percpuPagelistHighFraction:
          "Fixed length of cores' lists: managed / fraction; 0 for none."
        case .pcpAllocFactor: "Whether refills of cores' lists grow (6.7)."
        case .pcpFree: "How cores' lists are cut back (6.6, 6.7, 6.16)."
        case .pcpDecay: "Whether cores' lists shrink every second (6.7)."
        case .pcpHugeLists: "Lists of huge pages per core (1 from 5.13, 2 from 6.10)."
        case .fallback: "How a type takes blocks of another (6.6, 6.10, 6.15; never claim)."
        case .nofragment: "Whether types mix only when all zones are exhausted (5.0)."
        case .defragMode: "Whether types mix only after reclaim and compaction failed (6.15)."
        case .watermarkBoostFactor: "How far mixing types lifts the watermarks, in 1/10000 of high."
        case .highatomic: "Whether high-order atomic requests reserve pageblocks."
        case .highatomicMinimum: "Whether small zones reserve none (6.8)."
        case .countsFreeHighatomic: "Whether only a reserve's free frames are out of reach (6.12)."
        case .buddyMergeLikely: "Whether blocks about to merge go to the tail."
        case .pageGroupByMobility: "Whether pageblocks have types."
        case .pageblockOrder: "Order of a pageblock."
        case .unmovableRegion:
          "Percent of a zone set apart at first for frames that do not move (Contiguitas)."
        case .superpageblockOrder:
          "Order of blocks kept clean of frames that do not move; 18 is 1 GiB (RFC of 2026)."
        }
      }
    }

    private subscript(setting: Setting) -> String {
      switch setting {
      case .pcp: "\(pcp)"
      case .pcpAutoHigh: "\(pcpAutoHigh)"
      case .percpuPagelistHighFraction: "\(percpuPagelistHighFraction)"
      case .pcpAllocFactor: "\(pcpAllocFactor)"
      case .pcpFree: pcpFree.name
      case .pcpDecay: "\(pcpDecay)"
      case .pcpHugeLists: "\(pcpHugeLists)"
      case .fallback: fallback.name
      case .nofragment: "\(nofragment)"
      case .defragMode: "\(defragMode)"
      case .watermarkBoostFactor: "\(watermarkBoostFactor)"
      case .highatomic: "\(highatomic)"
      case .highatomicMinimum: "\(highatomicMinimum)"
      case .countsFreeHighatomic: "\(countsFreeHighatomic)"
      case .buddyMergeLikely: "\(buddyMergeLikely)"
      case .pageGroupByMobility: pageGroupByMobility.map { "\($0)" } ?? "auto"
      case .pageblockOrder: "\(pageblockOrder)"
      case .unmovableRegion: "\(unmovableRegion)"
      case .superpageblockOrder: "\(superpageblockOrder)"
      }
    }

    /// False for a value that is out of range.
    private mutating func set(_ setting: Setting, _ value: String) -> Bool {
      switch setting {
      case .pcp: read(value, into: &pcp)
      case .pcpAutoHigh: read(value, into: &pcpAutoHigh)
      case .percpuPagelistHighFraction:
        read(value, into: &percpuPagelistHighFraction) { $0 == 0 || $0 >= 8 }
      case .pcpAllocFactor: read(value, into: &pcpAllocFactor)
      case .pcpFree: PCPFree(name: value).map { pcpFree = $0 } != nil
      case .pcpDecay: read(value, into: &pcpDecay)
      case .pcpHugeLists: read(value, into: &pcpHugeLists) { 0...2 ~= $0 }
      case .fallback: Fallback(name: value).map { fallback = $0 } != nil
      case .nofragment: read(value, into: &nofragment)
      case .defragMode: read(value, into: &defragMode)
      case .watermarkBoostFactor: read(value, into: &watermarkBoostFactor) { $0 >= 0 }
      case .highatomic: read(value, into: &highatomic)
      case .highatomicMinimum: read(value, into: &highatomicMinimum)
      case .countsFreeHighatomic: read(value, into: &countsFreeHighatomic)
      case .buddyMergeLikely: read(value, into: &buddyMergeLikely)
      case .pageGroupByMobility: readMobility(value)
      case .pageblockOrder: read(value, into: &pageblockOrder) { 1...10 ~= $0 }
      case .unmovableRegion: read(value, into: &unmovableRegion) { 0...90 ~= $0 }
      case .superpageblockOrder:
        read(value, into: &superpageblockOrder) { $0 == 0 || 10...18 ~= $0 }
      }
    }

    private mutating func readMobility(_ value: String) -> Bool {
      if value == "auto" {
        pageGroupByMobility = nil
        return true
      }
      var on = false
      guard read(value, into: &on) else { return false }
      pageGroupByMobility = on
      return true
    }

    private func read(_ value: String, into flag: inout Bool) -> Bool {
      guard let index = ["false", "true", "0", "1"].firstIndex(of: value) else { return false }
      flag = index % 2 == 1
      return true
    }

    private func read(_ value: String, into number: inout Int, where isLegal: (Int) -> Bool) -> Bool
    {
      guard let new = Int(value), isLegal(new) else { return false }
      number = new
      return true
    }
  }

  extension LinuxPolicy.Fallback {
    /// As settings have it.
    public var name: String {
      switch self {
      case .movesPages: "moves-pages"
      case .largestFirst: "largest-first"
      case .claimThenSteal: "claim-then-steal"
      case .steal: "steal"
      }
    }

    public init?(name: String) {
      guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
      self = found
    }
  }

  extension LinuxPolicy.PCPFree {
    /// As settings have it.
    public var name: String {
      switch self {
      case .factor: "factor"
      case .count: "count"
      case .lateCount: "late-count"
      }
    }

    public init?(name: String) {
      guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
      self = found
    }
  }
#endif
