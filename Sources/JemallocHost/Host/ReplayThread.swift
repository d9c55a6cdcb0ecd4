internal import Glibc

/// A thread whose stack, and with it its thread-local storage, lies at a fixed address.
///
/// jemalloc seeds a thread's random numbers (offsets of large objects, when decay is due) with the
/// address of the thread's own data. With the kernel's random addresses no two runs would be alike;
/// this one decides them by the seed of the run.
enum ReplayThread {
  /// Runs `body` to its end on such a thread, and `meanwhile` on this one.
  static func run(
    seed: UInt64, _ body: @escaping () -> Void, meanwhile: () -> Void
  ) throws(HostError) {
    // Pages may lie anywhere in 4 GiB, so that seeds differ in the bits that jemalloc uses.
    let address = stackRegion + Int(seed % (1 << 16)) << 16
    let stack = try unsafe FixedRegion.map(
      address, bytes: stackBytes, protection: PROT_READ | PROT_WRITE)
    let boxed = unsafe Unmanaged.passRetained(Body(body))
    var thread = pthread_t()
    let status = unsafe withUnsafeTemporaryAllocation(of: pthread_attr_t.self, capacity: 1) {
      guard let attributes = $0.baseAddress, unsafe pthread_attr_init(attributes) == 0,
        unsafe pthread_attr_setstack(attributes, stack, stackBytes) == 0
      else { return EINVAL }
      return unsafe pthread_create(&thread, attributes, main, boxed.toOpaque())
    }
    guard status == 0 else { throw HostError("no thread can be made (error \(status))") }
    meanwhile()
    pthread_join(thread, nil)
  }

  private static let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
    if let body = unsafe $0 { unsafe Unmanaged<Body>.fromOpaque(body).takeRetainedValue().run() }
    return nil
  }

  private final class Body {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
  }

  private static let stackRegion = 0x0f00_0000_0000
  private static let stackBytes = 8 << 20
}
