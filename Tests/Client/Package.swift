// swift-tools-version: 6.2

import PackageDescription

/// A program of somebody else that uses Framelab's libraries and nothing else: it must link without
/// Glibc and Foundation. scripts/check-client puts it beside a link to the checkout.
let package = Package(
  name: "client",
  dependencies: [.package(path: "framelab")],
  targets: [
    .executableTarget(
      name: "client",
      dependencies: [
        .product(name: "Fragmentation", package: "framelab"),
        .product(name: "MemoryUnits", package: "framelab"),
        .product(name: "PageFrames", package: "framelab"),
        .product(name: "VirtualMemory", package: "framelab"),
      ])
  ]
)
