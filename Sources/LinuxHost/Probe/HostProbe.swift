/// Asks a host what it permits. Reads only; changes nothing.
package struct HostProbe: Sendable {
  package let host: any HostView
  let process: ProcessFacts

  package init(host: any HostView = LiveHost()) {
    self.host = host
    process = ProcessFacts(host)
  }

  /// Every facility of the kernel and of the installed system, in the order in which one reads.
  package func facilities() -> [Facility] {
    [kernel, cores, memory, overcommit, addressSpace, temporarySpace, lockedMemory]
      + [root, pageFlags, pageFrameNumbers, extfragIndices, traceEvents]
      + [hugePagePools, transparentHugePages]
      + allocators
  }

  /// `missing: Permission denied` in the words of the kernel.
  func reason(_ error: HostFileError) -> String {
    if error.isAbsent { return "the kernel does not offer \(error.path)" }
    if error.isDenied { return "\(error.path) may not be read" }
    return error.description
  }
}
