import Foundation

/// Full counts, as in scripts/test --long.
let isLong = ProcessInfo.processInfo.environment["FRAMELAB_LONG"] != nil
