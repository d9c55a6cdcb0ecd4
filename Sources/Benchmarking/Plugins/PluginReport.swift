/// What a plugin says of itself, and what its examination found.
public struct PluginReport: Codable, Hashable, Sendable {
  /// As `--plugin` names it.
  public var plugin: PluginName
  /// Of the plugin's own choice; nil when it could not be asked.
  public var name: String?
  /// Of the interface that it was compiled for.
  public var interfaceVersion: String?
  public var capabilities: [String]?
  public var largestOrder: Int?
  /// Nil when it did not pass.
  public var findings: PluginFindings?
  /// The first promise that it broke, and what was going on; nil when it passed.
  public var fault: BenchmarkFault?

  package init(_ plugin: PluginName) { self.plugin = plugin }

  enum CodingKeys: String, CodingKey {
    case plugin, name, capabilities, findings, fault
    case interfaceVersion = "interface_version"
    case largestOrder = "largest_order"
  }

  package mutating func describe(_ library: PluginLibrary) {
    name = library.name
    interfaceVersion = library.version
    capabilities = library.capabilities.words
    largestOrder = library.largestOrder
  }
}
