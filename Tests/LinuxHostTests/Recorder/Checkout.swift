import Foundation

/// Where the tests find what the build made beside them.
enum Checkout {
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The folder of the executables: that of this test bundle, `.build/release` in a release build.
  static let products = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()

  static let framelab = products.appending(path: "framelab").path
  static let hasFramelab = FileManager.default.isExecutableFile(atPath: framelab)

  /// Path of libframelab-heap.so, compiled from the sources as they are now, once per run.
  static let recorderLibrary: String = {
    let folder = root.appending(path: ".build/recorder-tests")
    let result = Command.run(root.appending(path: "scripts/build-native").path, folder.path)
    precondition(result.status == 0, "scripts/build-native failed: \(result.errors)")
    return folder.appending(path: "libframelab-heap.so").path
  }()
}
