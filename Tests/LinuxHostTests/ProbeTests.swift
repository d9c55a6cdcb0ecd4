import LinuxHost
import MemoryUnits
import Testing

@Suite("What a host permits")
struct ProbeTests {
  @Test("is everything on a host that lacks nothing, with what was found")
  func generous() throws {
    let facilities = HostProbe(host: FakeHost.generous).facilities()
    #expect(facilities.filter { $0.state != .present } == [])
    #expect(facilities.allSatisfy { $0.cost == nil && $0.remedy == nil })
    let details = Dictionary(uniqueKeysWithValues: facilities.map { ($0.name, $0.detail) })
    #expect(details["kernel"] == "Linux 6.18.44")
    #expect(details["cores"] == "3")
    #expect(details["memory"] == "22.9 GiB available of 23.5 GiB")
    #expect(details["huge page pools"] == "2MiB: 0 of 0 free, 1GiB: 1 of 2 free")
    #expect(details["transparent huge pages"] == "madvise, defrag madvise")
  }

  @Test("is little on an empty host, and every row says what that costs and how to get it")
  func empty() {
    let facilities = HostProbe(host: FakeHost(free: [:])).facilities()
    for facility in facilities where facility.state != .present {
      #expect(facility.cost?.isEmpty == false, "\(facility.name)")
      #expect(facility.remedy?.isEmpty == false, "\(facility.name)")
    }
    #expect(facilities.contains { $0.need == .run && $0.state == .missing })
  }

  @Test(
    "tells a missing permission from a missing facility",
    arguments: [
      ("page flags", "/proc/kpageflags"),
      ("page frame numbers", "/proc/self/pagemap"),
      ("extfrag indices", "/sys/kernel/debug/extfrag/unusable_index"),
      ("trace events", "/sys/kernel/tracing/events/kmem/mm_page_alloc/format"),
    ])
  func permission(name: String, path: String) throws {
    var host = FakeHost.generous
    host.denied = [path]
    let denied = try #require(HostProbe(host: host).facilities().first { $0.name == name })
    #expect(denied.state == .missing)
    #expect(denied.detail == "\(path) may not be read")
    #expect(denied.remedy == "root")

    host = .generous
    host.files[path] = nil
    let absent = try #require(HostProbe(host: host).facilities().first { $0.name == name })
    #expect(absent.state == .missing)
    #expect(absent.detail == "the kernel does not offer \(path)")
    #expect(absent.remedy?.contains("CONFIG_") == true)
  }

  @Test("says that what framelab does not read yet costs nothing today")
  func unread() throws {
    let costs = Dictionary(
      uniqueKeysWithValues: HostProbe(host: FakeHost(free: [:])).facilities()
        .map { ($0.name, $0.cost) })
    for name in ["page flags", "page frame numbers", "trace events"] {
      #expect(costs[name]??.hasPrefix("nothing today; ") == true, "\(name)")
    }
    #expect(costs["extfrag indices"]??.hasPrefix("a test: ") == true)
  }

  @Test("knows frame numbers that the kernel shows as zero")
  func hiddenFrameNumbers() throws {
    var host = FakeHost.generous
    host.files["/proc/self/pagemap"] =
      [UInt8](repeating: 0, count: 8) + [0, 0, 0, 0, 0, 0, 0, 0x81]
    let facility = try #require(
      HostProbe(host: host).facilities().first { $0.name == "page frame numbers" })
    #expect(facility.state == .missing)
    #expect(facility.remedy == "root")
  }

  @Test("does not let a run start under strict overcommit accounting")
  func strictOvercommit() throws {
    var host = FakeHost.generous
    host.set("/proc/sys/vm/overcommit_memory", "2\n")
    let facility = try #require(
      HostProbe(host: host).facilities().first { $0.name == "overcommit" })
    #expect(facility.state == .missing)
    #expect(facility.need == .run)
  }

  @Test("reads limits of the process")
  func limits() throws {
    var host = FakeHost.generous
    host.set(
      "/proc/self/limits",
      """
      Limit                     Soft Limit           Hard Limit           Units
      Max locked memory         8388608              8388608              bytes
      Max address space         17179869184          unlimited            bytes
      """)
    host.set("/proc/self/status", "Uid:\t1000\t1000\t1000\t1000\nCpus_allowed_list:\t0\n")
    let facilities = HostProbe(host: host).facilities()
    let locked = try #require(facilities.first { $0.name == "locked memory" })
    #expect(locked.state == .partial)
    #expect(locked.detail == "limited to 8MiB")
    let space = try #require(facilities.first { $0.name == "address space" })
    #expect(space.state == .partial)
    #expect(space.detail == "limited to 16.0 GiB")
    let root = try #require(facilities.first { $0.name == "root" })
    #expect(root.state == .missing)
  }

  @Test("of the live host: files of /proc are read to their end")
  func live() throws {
    let host = LiveHost()
    let maps = try host.text(of: "/proc/self/smaps")
    // Far more than one page of text, and ended with a whole line of the last area.
    #expect(maps.utf8.count > 4096)
    #expect(maps.hasSuffix("\n"))
    #expect(maps.contains("[stack]"))
    #expect(host.names(in: "/proc/self").contains("pagemap"))
    #expect(try host.bytes(of: "/proc/self/pagemap", from: 8, count: 8).count == 8)
    #expect(throws: HostFileError.self) { try host.text(of: "/proc/no-such-file") }
    let kernel = try #require(HostProbe(host: host).facilities().first { $0.name == "kernel" })
    #expect(kernel.state == .present)
  }
}
