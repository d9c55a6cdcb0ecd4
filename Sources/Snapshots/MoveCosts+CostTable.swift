package import Fragmentation
package import VirtualMemory

extension MoveCosts {
  /// What the cost table of a machine says of moving and dropping pages, as its compaction spends it:
  /// two scanners look at frames, and other cores are told once for 32 pages (Linux:
  /// COMPACT_CLUSTER_MAX).
  package init(name: String, _ costs: CostTable) {
    let move =
      2 * costs.scanFrame + costs.migratePage + costs.copyPage + costs.entry
      + costs.invalidatePage + costs.interrupt / 32
    self.init(name: name, moveNs: move, dropNs: costs.scanPage + costs.entry)
  }
}
