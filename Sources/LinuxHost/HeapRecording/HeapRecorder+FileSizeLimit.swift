internal import CHeapFormats
internal import Glibc

extension HeapRecorder {
  /// The limit on file sizes (RLIMIT_FSIZE) that programs started here inherit, bytes; nil when the
  /// recorder's shared files fit. Under it the recorder stays out of the program's way.
  public static var obstructingFileSizeLimit: UInt64? {
    let needed =
      UInt64(FRAMELAB_RING_DATA) + UInt64(FRAMELAB_RING_CHUNKS) * UInt64(FRAMELAB_RING_CHUNK)
    var limit = rlimit()
    // SAFETY: getrlimit fills a structure of our own.
    let known = unsafe getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0
    return known && limit.rlim_cur < needed ? UInt64(limit.rlim_cur) : nil
  }
}
