/// What `--plugin` names: a shared library, and options for its `create`.
public struct PluginName: Codable, Hashable, Sendable, CustomStringConvertible {
  public var path: String
  /// What stands behind the colon, perhaps nothing.
  public var options: String

  public init(path: String, options: String = "") {
    self.path = path
    self.options = options
  }

  /// Reads `PATH.so` and `PATH.so:OPTIONS`: the options begin behind the first colon that follows a
  /// file name with `.so` in it, so both path and options may have colons.
  public init(_ argument: String) {
    var end = argument.endIndex
    var index = argument.startIndex
    while let colon = argument[index...].firstIndex(of: ":") {
      let file = argument[..<colon].split(separator: "/").last ?? ""
      if file.contains(".so") {
        end = colon
        break
      }
      index = argument.index(after: colon)
    }
    path = String(argument[..<end])
    options = String(argument[end...].dropFirst())
  }

  public var description: String { options.isEmpty ? path : "\(path):\(options)" }
}
