internal import LinuxHost

/// A malloc library of this host, with the settings under which it is measured.
public struct RealAllocator: Hashable, Sendable {
  /// As in experiment files and results: `jemalloc-hpa`.
  public let name: String
  /// What a driver process must find in itself: `jemalloc`.
  let identity: String
  /// Nil for glibc, which is in every process.
  let library: AllocatorLibrary?
  /// Settings that the library reads from the environment.
  let environment: [String: String]
  /// What follows the version in the title.
  let variant: String

  public static let glibc = RealAllocator(
    name: "glibc", identity: "glibc", library: nil, environment: [:], variant: "")
  public static let jemalloc = RealAllocator(
    name: "jemalloc", identity: "jemalloc", library: .jemalloc,
    environment: ["MALLOC_CONF": "background_thread:false"], variant: "")
  /// jemalloc's huge page allocator.
  public static let jemallocHPA = RealAllocator(
    name: "jemalloc-hpa", identity: "jemalloc", library: .jemalloc,
    environment: ["MALLOC_CONF": "hpa:true,background_thread:false"], variant: " with hpa:true")
  public static let mimalloc = RealAllocator(
    name: "mimalloc", identity: "mimalloc", library: .mimalloc, environment: [:], variant: "")
  public static let tcmalloc = RealAllocator(
    name: "tcmalloc", identity: "tcmalloc", library: .tcmalloc, environment: [:], variant: "")

  public static let all = [glibc, jemalloc, jemallocHPA, mimalloc, tcmalloc]
}
