internal import Glibc

/// CPU time of the calling thread, ns.
package enum ThreadClock {
  package static var now: UInt64 {
    var time = timespec()
    // Cannot fail: the clock exists on every Linux and the address is a local's.
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
