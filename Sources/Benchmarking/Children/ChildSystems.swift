import LinuxHost
import MemoryUnits

/// The systems that are measured in children of `executable`, which is framelab itself.
extension BenchmarkSystem {
  /// Those that this host has, in the order of tables. Their titles say "warm": before anything is
  /// timed all blocks were allocated and freed once, so that malloc and the kernel have them at hand.
  public static func children(of executable: String) -> [BenchmarkSystem] {
    let host = LiveHost()
    var systems = [malloc("glibc", nil, executable)]
    for library in [AllocatorLibrary.jemalloc, .mimalloc, .tcmalloc] {
      guard let path = library.path(on: host) else { continue }
      systems.append(malloc(library.name, path, executable))
    }
    systems.append(
      kernel("kernel", title: "kernel mmap, warm", executable, orders: 0...3))
    systems.append(
      kernel("kernel-thp", title: "kernel THP, warm", executable, orders: 9...10))
    if hasHugePages(host) {
      systems.append(
        kernel("kernel-hugetlb", title: "kernel hugetlb, warm", executable, orders: 9...10))
    }
    return systems
  }

  /// Those that `children` would have on another host, and why they are not here.
  public static var absentChildren: [BenchmarkAbsence] {
    let host = LiveHost()
    var absent = [AllocatorLibrary.jemalloc, .mimalloc, .tcmalloc]
      .filter { $0.path(on: host) == nil }
      .map { BenchmarkAbsence($0.name, "install \($0.package)") }
    if !hasHugePages(host) {
      absent.append(
        BenchmarkAbsence("kernel-hugetlb", "vm.nr_hugepages is below \(kernelBytes >> 21)"))
    }
    return absent
  }

  /// Half of the memory is live, and a few more while mappings change hands.
  private static func hasHugePages(_ host: LiveHost) -> Bool {
    let free = host.number(of: "/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages") ?? 0
    return free << 9 >= kernelBytes >> 12
  }

  /// Objects of malloc may touch their pages, so that a frame is more than a number.
  private static let mallocBytes = 1 << 30
  private static let kernelBytes = 128 << 20

  private static func malloc(
    _ name: String, _ library: String?, _ executable: String
  ) -> BenchmarkSystem {
    let child = ChildSystem(
      executable: executable, name: "malloc",
      environment: library.map { ["LD_PRELOAD": $0] } ?? [:])
    return BenchmarkSystem(
      name, title: "\(name) malloc, warm",
      adapt: { $0.reduced(to: mallocBytes, operations: 1 << 17) },
      obstacle: { $0.obstacle ?? needsWhole($0) },
      measure: { try child.measure($0, $1) })
  }

  private static func kernel(
    _ name: String, title: String, _ executable: String, orders: ClosedRange<Int>
  ) -> BenchmarkSystem {
    let child = ChildSystem(executable: executable, name: name)
    var system = BenchmarkSystem(
      name, title: title,
      // A block of 2 MiB takes 100 us: every byte of it is zeroed.
      adapt: { $0.reduced(to: kernelBytes, operations: $0.order < 6 ? 1 << 13 : 1 << 7) },
      obstacle: { plan in
        plan.obstacle ?? needsWhole(plan)
          ?? (orders.contains(plan.order) ? nil : "its pages have another size")
      },
      measure: { try child.measure($0, $1) })
    system.mayBeAbsent = true
    return system
  }

  private static func needsWhole(_ plan: BenchmarkCase) -> String? {
    plan.start == .aged || plan.pattern == .refill || plan.pattern == .fill
      ? "it has no memory of a fixed size" : nil
  }
}

extension BenchmarkCase {
  /// The case with less memory and fewer operations, for subjects that are slow or touch memory.
  func reduced(to bytes: Int, operations: Int) -> BenchmarkCase {
    var plan = self
    plan.memoryBytes = min(memoryBytes, bytes)
    plan.operationLimit = operations
    return plan
  }
}
