internal import MemoryUnits

/// How the frame map draws each use of a frame: names and colours, in hues of Okabe and Ito that
/// stay apart in greyscale by their brightness.
enum StateLegend {
  struct Item: Encodable {
    var name: String
    var light: String
    var dark: String
  }

  /// By raw value of `FrameState`.
  static let items = FrameState.allCases.map(item)

  /// Tiles that are free as a whole: what a huge page can get.
  static let wholeFree = Item(name: "free, whole 2 MiB", light: "#9fd9c4", dark: "#1f6b54")

  /// From the bottom of a tile up: what cannot move first, because it is what stands in the way.
  static let fillOrder: [FrameState] = [
    .reserved, .unmovable, .slab, .pageTable, .pinned, .movable, .hugePage, .fileCache, .cleanFile,
    .heldByCore, .unknown,
  ]

  private static func item(_ state: FrameState) -> Item {
    switch state {
    case .reserved: Item(name: "reserved", light: "#8c8c8c", dark: "#5d5d5d")
    case .free: Item(name: "free, in parts", light: "#ececE6", dark: "#2c2f33")
    case .heldByCore: Item(name: "held by a core", light: "#c9d6df", dark: "#46545e")
    case .movable: Item(name: "movable data", light: "#56a5d8", dark: "#3d8fc4")
    case .unmovable: Item(name: "unmovable", light: "#d55e00", dark: "#e8722a")
    case .slab: Item(name: "slab of small objects", light: "#e69f00", dark: "#e0a020")
    case .pageTable: Item(name: "page tables", light: "#8f3b76", dark: "#c77aae")
    case .fileCache: Item(name: "file cache", light: "#b9a9d6", dark: "#8878aa")
    case .cleanFile: Item(name: "clean file cache", light: "#d9cdee", dark: "#62557f")
    case .hugePage: Item(name: "huge page", light: "#004f7c", dark: "#7cc0ec")
    case .pinned: Item(name: "pinned", light: "#222222", dark: "#f0f0f0")
    case .unknown: Item(name: "unknown", light: "#bdb7a4", dark: "#6f6a5c")
    }
  }
}
