import Benchmarking
import Testing

@Suite("Names of plugins")
struct PluginNameTests {
  @Test(
    "options begin behind the first colon after a file name with .so",
    arguments: [
      ("./libbuddy.so", "./libbuddy.so", ""),
      ("./libbuddy.so:", "./libbuddy.so", ""),
      ("libbuddy.so:seed=1", "libbuddy.so", "seed=1"),
      ("/opt/a:b/lib.so.1.2:x=/y.so:z", "/opt/a:b/lib.so.1.2", "x=/y.so:z"),
      ("/opt/x.so.d/plugin:2", "/opt/x.so.d/plugin:2", ""),
      ("plugin", "plugin", ""),
    ])
  func split(text: String, path: String, options: String) {
    let name = PluginName(text)
    #expect(name.path == path)
    #expect(name.options == options)
    if !options.isEmpty { #expect(name.description == text) }
  }
}
