import Contiguity
import Testing
import VirtualMemory

@Suite("Bursts of huge pages beside builds")
struct BuildMixTests {
  static func outcomes(_ allocator: String) throws -> [BuildMix.Outcome] {
    var configuration = MachineConfiguration(frameCount: 1 << 18, keepsContents: false)
    configuration.swapPages = 1 << 15
    configuration.allocator = try #require(MachineConfiguration.Allocator(rawValue: allocator))
    return try (1...3).map { try BuildMix(configuration, seed: $0).run() }
  }

  @Test("types mix over the rounds, and not with defrag_mode; fewer huge pages are missed then")
  func defragMode() throws {
    let usual = try Self.outcomes("linux-6.18")
    let apart = try Self.outcomes("linux-6.18,defrag_mode=1")
    for (index, (usual, apart)) in zip(usual, apart).enumerated() {
      // The frames themselves are a twelfth of memory.
      #expect(apart.worstSpoiledShare < 0.1, "seed \(index + 1)")
      #expect(usual.worstSpoiledShare > 3 * apart.worstSpoiledShare, "seed \(index + 1)")
    }
    let missed = (
      usual: usual.reduce(0) { $0 + $1.fallbackShare },
      apart: apart.reduce(0) { $0 + $1.fallbackShare }
    )
    #expect(missed.apart < missed.usual, "\(missed)")
  }
}
