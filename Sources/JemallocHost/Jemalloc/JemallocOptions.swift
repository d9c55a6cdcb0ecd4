/// The options of this process that the simulation has to follow, read from jemalloc itself.
struct JemallocOptions {
  /// Whether extents that become free stay mapped.
  let retain: Bool
  /// Objects of this size and more have an arena of their own, which purges at once; 0: none have.
  let oversizeThreshold: Int
  /// jemalloc's version: `5.3.0-0-g54eaed1d...`.
  let version: String

  init() throws(HostError) {
    guard let retain = Mallctl.read("opt.retain", as: Bool.self),
      let threshold = Mallctl.read("opt.oversize_threshold", as: Int.self),
      let version = unsafe Mallctl.read("version", as: UnsafePointer<CChar>.self)
    else { throw HostError("jemalloc does not know an option of version 5.3") }
    self.retain = retain
    self.oversizeThreshold = threshold
    // A string constant of the library.
    self.version = unsafe String(cString: version)
    let forbidden = ["opt.background_thread", "opt.zero", "opt.prof"]
    for name in forbidden where Mallctl.read(name, as: Bool.self) == true {
      throw HostError("\(name) is on: objects of the simulation have no memory to be written")
    }
  }
}
