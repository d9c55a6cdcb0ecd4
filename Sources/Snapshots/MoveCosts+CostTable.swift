package import Fragmentation
package import VirtualMemory

extension MoveCosts {
  /// What the cost table of a machine says of moving and dropping pages, other cores included as
  /// compaction tells them: once for 32 pages (Linux: COMPACT_CLUSTER_MAX).
  package init(name: String, _ costs: CostTable) {
    let move =
      costs.scanPage + costs.copyPage + 2 * costs.entry + costs.invalidatePage
      + costs.interrupt / 32
    self.init(name: name, moveNs: move, dropNs: costs.scanPage + costs.entry)
  }
}
