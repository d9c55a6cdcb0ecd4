import CFrameAllocator
internal import Glibc

/// A loaded plugin: its table, checked before anything in it is called.
///
/// Only ever made in a process that may crash. It stays loaded until that process ends: unloading
/// would run code of the plugin for nothing.
@safe
package struct PluginLibrary: @unchecked Sendable {
  // SAFETY: a copy of the library's constant table, all of whose functions of version 1.0 were found
  // to be there.
  let table: framelab_frame_allocator_table
  package let name: String
  package let capabilities: PluginCapabilities
  package let options: String

  package var largestOrder: Int { unsafe Int(table.largest_order) }

  /// As people write it: "1.0".
  package var version: String { Self.text(unsafe table.version) }

  package init(_ plugin: PluginName) throws(BenchmarkFault) {
    // A name without a slash would be searched for in the system's folders.
    let path = plugin.path.contains("/") ? plugin.path : "./\(plugin.path)"
    guard let handle = unsafe dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
      throw BenchmarkFault(
        .notLoadable, unsafe dlerror().map { unsafe String(cString: $0) } ?? path)
    }
    guard let symbol = unsafe dlsym(handle, "framelab_frame_allocator") else {
      throw BenchmarkFault(.noEntryPoint, "\(plugin.path) exports no framelab_frame_allocator")
    }
    typealias Entry = @convention(c) () -> UnsafePointer<framelab_frame_allocator_table>?
    // SAFETY: the header's type of this symbol, and nil in case that its promise is broken.
    guard let table = unsafe unsafeBitCast(symbol, to: Entry.self)() else {
      throw BenchmarkFault(.incompleteTable, "framelab_frame_allocator gave no table")
    }
    try unsafe Self.check(table)
    unsafe self.table = unsafe table.pointee
    name = unsafe String(cString: table.pointee.name)
    capabilities = PluginCapabilities(rawValue: unsafe table.pointee.capabilities)
    options = plugin.options
  }

  static func text(_ version: UInt32) -> String { "\(version >> 16).\(version & 0xFFFF)" }

  private static let always = [
    (name: "name", offset: 16), (name: "create", offset: 32), (name: "destroy", offset: 40),
    (name: "allocate", offset: 48), (name: "free", offset: 56), (name: "statistics", offset: 64),
  ]

  private static let optional: [(name: String, capability: PluginCapabilities, offset: Int)] = [
    ("claim", .claim, 72), ("release", .release, 80), ("is_free", .isFree, 88),
    ("counts", .counts, 96), ("drain", .drain, 104),
  ]

  /// Looks at sizes and addresses alone; nothing of the table is called.
  private static func check(
    _ table: UnsafePointer<framelab_frame_allocator_table>
  ) throws(BenchmarkFault) {
    let version = unsafe table.pointee.version
    guard version >> 16 == FRAMELAB_FRAME_ALLOCATOR_VERSION >> 16 else {
      throw BenchmarkFault(
        .wrongVersion,
        "it was compiled for version \(text(version)) of the interface, this is "
          + text(FRAMELAB_FRAME_ALLOCATOR_VERSION))
    }
    let size = unsafe Int(table.pointee.size)
    guard unsafe size >= MemoryLayout<framelab_frame_allocator_table>.size else {
      throw BenchmarkFault(.incompleteTable, "a table of \(size) bytes is too small")
    }
    // As numbers at the offsets that CFrameAllocator.c asserts: the type says that some are never null.
    let fields = unsafe UnsafeRawPointer(table)
    func isNull(_ offset: Int) -> Bool {
      unsafe fields.load(fromByteOffset: offset, as: UInt.self) == 0
    }
    let capabilities = PluginCapabilities(rawValue: unsafe table.pointee.capabilities)
    let missing =
      Self.always.filter { isNull($0.offset) }.map(\.name)
      + Self.optional.filter { capabilities.contains($0.capability) && isNull($0.offset) }
      .map(\.name)
    guard missing.isEmpty else {
      throw BenchmarkFault(.incompleteTable, "\(missing.joined(separator: ", ")) is NULL")
    }
    guard unsafe table.pointee.largest_order < 32 else {
      throw BenchmarkFault(
        .incompleteTable, "largest_order is \(unsafe table.pointee.largest_order)")
    }
  }
}
