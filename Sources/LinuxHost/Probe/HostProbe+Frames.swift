/// What the kernel shows of its page frames, and to whom. Framelab reads little of it yet: each cost
/// says what is lost today.
extension HostProbe {
  var root: Facility {
    Facility(
      "root", process.isRoot ? .present : .missing, for: .measurement,
      detail: process.isRoot ? "yes" : "no",
      cost: "nothing today; the kernel hides frame numbers, page flags and its events from others",
      remedy: "sudo, or the capabilities SYS_ADMIN and PERFMON")
  }

  /// 8 bytes of flags per frame: which are free, movable, huge, page tables.
  var pageFlags: Facility {
    let path = "/proc/kpageflags"
    let cost = "nothing today; they tell which frames are free, huge or cannot be moved"
    do throws(HostFileError) {
      _ = try host.bytes(of: path, from: 0, count: 8)
      return Facility("page flags", .present, for: .measurement, detail: path)
    } catch {
      return Facility(
        "page flags", .missing, for: .measurement, detail: reason(error), cost: cost,
        remedy: error.isAbsent ? "a kernel with CONFIG_PROC_PAGE_MONITOR" : "root")
    }
  }

  /// Everybody may read a process's pagemap; without CAP_SYS_ADMIN its frame numbers read as zero.
  var pageFrameNumbers: Facility {
    let path = "/proc/self/pagemap"
    let cost = "nothing today; they tell which frames a process holds"
    do throws(HostFileError) {
      let entry = try host.bytes(of: path, from: process.residentPage * 8, count: 8)
      let word = entry.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      let hasNumber = word & ((1 << 55) - 1) != 0
      return Facility(
        "page frame numbers", hasNumber ? .present : .missing, for: .measurement,
        detail: hasNumber ? path : "\(path) shows zeros", cost: cost, remedy: "root")
    } catch {
      return Facility(
        "page frame numbers", .missing, for: .measurement, detail: reason(error), cost: cost,
        remedy: error.isAbsent ? "a kernel with CONFIG_PROC_PAGE_MONITOR" : "root")
    }
  }

  /// The kernel's own unusable free space index, to compare ours with.
  var extfragIndices: Facility {
    let path = "/sys/kernel/debug/extfrag/unusable_index"
    let cost = "a test: our fragmentation indices are not compared with this kernel's own"
    do throws(HostFileError) {
      _ = try host.bytes(of: path, from: 0, count: 1)
      return Facility("extfrag indices", .present, for: .measurement, detail: path)
    } catch {
      return Facility(
        "extfrag indices", .missing, for: .measurement, detail: reason(error), cost: cost,
        remedy: error.isDenied
          ? "root" : "mount -t debugfs debugfs /sys/kernel/debug, with CONFIG_COMPACTION")
    }
  }

  /// The events of group kmem: every allocation and free of a page.
  var traceEvents: Facility {
    let path = "/sys/kernel/tracing/events/kmem/mm_page_alloc/format"
    do throws(HostFileError) {
      _ = try host.bytes(of: path, from: 0, count: 1)
      return Facility("trace events", .present, for: .measurement, detail: "kmem, tracefs")
    } catch {
      return Facility(
        "trace events", .missing, for: .measurement, detail: reason(error),
        cost: "nothing today; they tell what the kernel allocates and frees",
        remedy: error.isDenied
          ? "root" : "mount -t tracefs tracefs /sys/kernel/tracing, with CONFIG_FTRACE")
    }
  }
}
