internal import MemoryUnits
internal import Translation
internal import VirtualMemory

extension Session {
  static let settings = [
    Command(
      name: "memory", usage: "memory SIZE", summary: "physical memory (64MiB)", acts: false
    ) { session, arguments throws(ScriptError) in
      let size = try arguments.size("a size such as 64MiB")
      guard size >= 1 << 20, size <= 16 << 40, size % 4096 == 0 else {
        throw ScriptError(.usage, "expected 1MiB to 16TiB of memory in whole pages of 4KiB")
      }
      return try session.set(&arguments) { $0.frameCount = size >> 12 }
    },
    Command(
      name: "cores", usage: "cores N", summary: "simulated cores, 1 to 64 (1)", acts: false
    ) { session, arguments throws(ScriptError) in
      let cores = try arguments.size("a number of cores")
      guard (1...64).contains(cores) else {
        throw ScriptError(.usage, "expected 1 to 64 cores")
      }
      return try session.set(&arguments) { $0.coreCount = cores }
    },
    Command(
      name: "swap", usage: "swap SIZE", summary: "the swap area (none)", acts: false
    ) { session, arguments throws(ScriptError) in
      let size = try arguments.size("a size such as 4MiB")
      guard size >= 0, size <= 16 << 40, size % 4096 == 0 else {
        throw ScriptError(.usage, "expected at most 16TiB of swap in whole pages of 4KiB")
      }
      return try session.set(&arguments) { $0.swapPages = size >> 12 }
    },
    Command(
      name: "allocator", usage: "allocator list-buddy|row-buddy|linux-6.18[,NAME=VALUE...]",
      summary: "who hands out frames (list-buddy)", acts: false
    ) { session, arguments throws(ScriptError) in
      let allocator = try arguments.value("list-buddy, row-buddy or a policy such as linux-6.18") {
        MachineConfiguration.Allocator(rawValue: $0)
      }
      return try session.set(&arguments) { $0.allocator = allocator }
    },
    Command(
      name: "tlb", usage: "tlb zen4|core-i7", summary: "whose TLBs and walk caches (zen4)",
      acts: false
    ) { session, arguments throws(ScriptError) in
      let geometry = try arguments.value("zen4 or core-i7") { word in
        TranslationGeometry.presets.first { $0.name == word }
      }
      return try session.set(&arguments) { $0.geometry = geometry }
    },
    Command(
      name: "pcid", usage: "pcid on|off", summary: "a context switch keeps translations (on)",
      acts: false
    ) { session, arguments throws(ScriptError) in
      let isOn = try arguments.value("on or off") { ["on": true, "off": false][$0] }
      return try session.set(&arguments) { $0.hasPCID = isOn }
    },
    Command(
      name: "zero-page", usage: "zero-page shared|own",
      summary: "what a first read gets: the shared page of zeros", acts: false
    ) { session, arguments throws(ScriptError) in
      let isShared = try arguments.value("shared or own") { ["shared": true, "own": false][$0] }
      return try session.set(&arguments) { $0.sharesZeroPage = isShared }
    },
    Command(
      name: "fault-around", usage: "fault-around SIZE",
      summary: "cached pages that a file's fault maps too (64KiB)", acts: false
    ) { session, arguments throws(ScriptError) in
      let size = try arguments.size("a size")
      guard size >= 4096, size <= 1 << 30 else {
        throw ScriptError(.usage, "expected 4KiB to 1GiB")
      }
      return try session.set(&arguments) { $0.faultAroundBytes = size }
    },
    Command(
      name: "swappiness", usage: "swappiness N", summary: "vm.swappiness, 0 to 200 (60)",
      acts: false
    ) { session, arguments throws(ScriptError) in
      let value = try arguments.size("0 to 200")
      guard (0...200).contains(value) else { throw ScriptError(.usage, "expected 0 to 200") }
      return try session.set(&arguments) { $0.swappiness = value }
    },
    Command(
      name: "page-cluster", usage: "page-cluster N",
      summary: "vm.page-cluster: a swap-in reads 2^N slots (3)", acts: false
    ) { session, arguments throws(ScriptError) in
      let value = try arguments.size("0 to 6")
      guard (0...6).contains(value) else { throw ScriptError(.usage, "expected 0 to 6") }
      return try session.set(&arguments) { $0.pageCluster = value }
    },
    Command(
      name: "contents", usage: "contents on|off", summary: "keep the bytes of pages (on)",
      acts: false
    ) { session, arguments throws(ScriptError) in
      let keeps = try arguments.value("on or off") { ["on": true, "off": false][$0] }
      return try session.set(&arguments) { $0.keepsContents = keeps }
    },
    Command(
      name: "overcommit", usage: "overcommit 0|1|2", summary: "vm.overcommit_memory (0)",
      acts: false
    ) { session, arguments throws(ScriptError) in
      let mode = try arguments.value("0, 1 or 2") { ["0": 0, "1": 1, "2": 2][$0] }
      return try session.set(&arguments) { $0.overcommit = mode }
    },
    Command(
      name: "thp", usage: "thp always|madvise|never [NAME VALUE]",
      summary: "transparent huge pages (not built in)",
      more: [
        "NAME VALUE, any number, as below /sys/kernel/mm/transparent_hugepage: defrag WORD,",
        "use_zero_page 0|1; khugepaged/ with defrag 0|1, pages_to_scan, max_ptes_none,",
        "max_ptes_swap, max_ptes_shared, scan_sleep_millisecs, alloc_sleep_millisecs;",
        "hugepages-64kB/enabled always|inherit|madvise|never, for 16 kB to 2048 kB.",
      ], acts: false
    ) { session, arguments throws(ScriptError) in
      var settings = session.configuration.transparentHugePages ?? TransparentHugePages()
      settings.enabled = try arguments.value("always, madvise or never") {
        TransparentHugePages.Enabled(rawValue: $0)
      }
      while !arguments.isAtEnd { try Session.setHugePages(&settings, &arguments) }
      let chosen = settings
      return try session.set(&arguments) { $0.transparentHugePages = chosen }
    },
    Command(
      name: "limit", usage: "limit areas|locked N", summary: "vm.max_map_count, RLIMIT_MEMLOCK",
      acts: false
    ) { session, arguments throws(ScriptError) in
      let what = try arguments.value("areas or locked") {
        ["areas", "locked"].contains($0) ? $0 : nil
      }
      let limit = try arguments.size(what == "areas" ? "a number of areas" : "a size")
      return try session.set(&arguments) { configuration in
        if what == "areas" {
          configuration.maxMapCount = limit
        } else {
          configuration.lockLimit = limit >> 12
        }
      }
    },
    Command(
      name: "cost", usage: "cost NAME TIME",
      summary: "a duration of the cost table: fault, zeroPage, ...", acts: false
    ) { session, arguments throws(ScriptError) in
      let names = CostTable.names.map(\.name)
      let cost = try arguments.value("one of \(names.joined(separator: ", "))") { word in
        CostTable.names.first { $0.name == word }
      }
      let time = try arguments.value("a time such as 500ns") {
        $0 == "0" ? 0 : TimeSpan($0)?.nanoseconds
      }
      let path = cost.path
      return try session.set(&arguments) { $0.costs[keyPath: path] = time }
    },
  ]

  private func set(
    _ arguments: inout Arguments, _ change: (inout MachineConfiguration) -> Void
  ) throws(ScriptError) -> Reply {
    try arguments.end()
    guard !hasStarted else {
      throw ScriptError(.usage, "the machine runs already; settings stand before its first task")
    }
    change(&configuration)
    return Reply()
  }
}

extension CostTable {
  struct Name: Sendable {
    let name: String
    let path: any WritableKeyPath<CostTable, UInt64> & Sendable
  }

  static let names = [
    Name(name: "fault", path: \.fault), Name(name: "systemCall", path: \.systemCall),
    Name(name: "zeroPage", path: \.zeroPage),
    Name(name: "zeroHugePage", path: \.zeroHugePage), Name(name: "copyPage", path: \.copyPage),
    Name(name: "walkLevel", path: \.walkLevel), Name(name: "entry", path: \.entry),
    Name(name: "interrupt", path: \.interrupt),
    Name(name: "invalidatePage", path: \.invalidatePage),
    Name(name: "switchSpace", path: \.switchSpace), Name(name: "readPage", path: \.readPage),
    Name(name: "readNextPage", path: \.readNextPage),
    Name(name: "writePage", path: \.writePage), Name(name: "scanPage", path: \.scanPage),
    Name(name: "scanFrame", path: \.scanFrame), Name(name: "migratePage", path: \.migratePage),
  ]
}
