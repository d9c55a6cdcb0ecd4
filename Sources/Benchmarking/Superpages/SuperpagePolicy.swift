import MemoryUnits
import PageFrames

/// Who hands out frames in the superpage experiment.
public enum SuperpagePolicy: String, CaseIterable, Codable, Sendable {
  case listBuddy = "list-buddy"
  case linux = "linux-6.18"
  case defragMode = "linux-6.18,defrag_mode=1"
  case contiguitas
  case superpageblocks
  case rowBuddy = "row-buddy"

  public var summary: String {
    switch self {
    case .listBuddy: "a plain buddy system, without types"
    case .linux: "pageblocks with types, fallback by claim and steal"
    case .defragMode: "the same, mixing types last"
    case .contiguitas: "a region for the kernel's, its border moved by need"
    case .superpageblocks: "the kernel's in tainted superpageblocks first"
    case .rowBuddy: "the fullest 2 MiB block first"
    }
  }

  func run(_ plan: SuperpageCase, seed: UInt64) throws(BenchmarkFault) -> SuperpageRepetition {
    let policy: LinuxPolicy
    switch self {
    case .listBuddy:
      let table = FrameTable(frameCount: plan.frames)
      return try SuperpageRun(ListBuddy(plan.range, in: table), plan, seed: seed).run()
    case .rowBuddy:
      return try SuperpageRun(RowBuddy(plan.range, coreCount: 1), plan, seed: seed).run()
    case .linux: policy = .linux618
    case .defragMode:
      var own = LinuxPolicy.linux618
      own.defragMode = true
      policy = own
    case .contiguitas: policy = .contiguitas
    case .superpageblocks:
      var own = LinuxPolicy.superpageblocks
      own.superpageblockOrder = plan.superpageblockOrder
      policy = own
    }
    let table = FrameTable(frameCount: plan.frames)
    return try SuperpageRun(
      LinuxBuddy(plan.range, in: table, policy: policy), plan, seed: seed,
      movesPages: self == .contiguitas || self == .superpageblocks
    ).run()
  }
}
