import MemoryUnits
import PageFrames
import Testing

@Suite("LinuxBuddy: random operations against a plain model")
struct LinuxModelTests {
  /// Every kernel with and without cores' lists, each way of falling back, a machine without types, and
  /// superpageblocks.
  static let policies: [LinuxPolicy] =
    LinuxPolicy.bundles.flatMap { [$0.policy.small(9, pcp: true), $0.policy.small(3, pcp: true)] }
    + LinuxPolicy.bundles.map { $0.policy.small(2) }
    + [
      "linux-6.18,fallback=steal,pageblock_order=4,page_group_by_mobility=1",
      "linux-6.18,page_group_by_mobility=0",
      "linux-6.18,defrag_mode=1,pageblock_order=3,page_group_by_mobility=1",
      "linux-6.18,buddy_merge_likely=0,pcp_auto_high=0,pcp_thp_lists=0",
      "linux-6.18,superpageblock_order=10,pageblock_order=9,page_group_by_mobility=1",
      "linux-6.18,superpageblock_order=10,pageblock_order=3,page_group_by_mobility=1",
      "linux-6.12,superpageblock_order=10,pageblock_order=4,page_group_by_mobility=1,pcp=0",
      "linux-6.6,superpageblock_order=11,pageblock_order=2,page_group_by_mobility=1",
      "linux-6.18,superpageblock_order=10,pageblock_order=10,page_group_by_mobility=1,defrag_mode=1",
    ].map(policy)

  private static func policy(_ text: String) -> LinuxPolicy {
    do throws(LinuxPolicyError) {
      return try LinuxPolicy(text)
    } catch {
      fatalError(error.description)
    }
  }

  static func make(_ run: ModelRun) -> LinuxBuddy<NoObserver> {
    let end = run.range.start.index + run.range.count
    return LinuxBuddy(
      run.range, in: FrameTable(frameCount: end), coreCount: run.coreCount,
      policy: policies[run.variant % policies.count], watermarks: nil)
  }

  @Test("types, lists, pageblocks and cores' lists agree after every step, nothing is lost")
  func agrees() {
    for seed in 0..<UInt64(isLong ? 3000 : 150) {
      var run = ModelRun(seed: seed, count: isLong ? 4000 : 1500)
      run.variant = Int(seed)
      run.coreCount = 1 + Int(seed % 3)
      run.drains = true
      run.stride = 256
      run.validates = run.range.count < 600
      if let failure = run.report(seed: seed, Self.make) {
        Issue.record("policy \(Self.policies[run.variant % Self.policies.count]): \(failure)")
        return
      }
    }
  }
}
