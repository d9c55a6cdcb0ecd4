// swift-tools-version: 6.2

import PackageDescription

/// One set of rules for every Swift target; CI turns warnings into failures.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

func target(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")

let package = Package(
  name: "framelab",
  products: [
    .library(name: "MemoryUnits", targets: ["MemoryUnits"]),
    .library(name: "PageFrames", targets: ["PageFrames"]),
    .library(name: "Fragmentation", targets: ["Fragmentation"]),
    .library(name: "Translation", targets: ["Translation"]),
    .library(name: "VirtualMemory", targets: ["VirtualMemory"]),
    .executable(name: "framelab", targets: ["framelab"]),
    .executable(name: "JemallocHost", targets: ["JemallocHost"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
  ],
  targets: [
    // Floor 0: the shared words, and what Swift lacks.
    target("MemoryUnits"),
    .target(name: "CHardware"),
    .target(name: "CHeapFormats"),
    .target(name: "CFrameAllocator"),
    .target(name: "CSimulatedHost"),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(
      name: "CJemalloc", pkgConfig: "jemalloc", providers: [.apt(["libjemalloc-dev"])]),

    // Floor 1: the core, without dependencies, and the formats.
    target("PageFrames", ["MemoryUnits", "CHardware"]),
    // squareRoot() calls libm; a client that imports neither Glibc nor Foundation would not link.
    .target(
      name: "Fragmentation", dependencies: ["MemoryUnits"], swiftSettings: strict,
      linkerSettings: [.linkedLibrary("m")]),
    target("TraceFormats", ["MemoryUnits", "CHeapFormats", "CHardware", "CZstd", "CZlib"]),

    // Floor 2
    target("Translation", ["MemoryUnits", "CHardware"]),
    target("Results", ["Fragmentation", "MemoryUnits", "CZlib"]),
    target(
      "LinuxHost", ["TraceFormats", "MemoryUnits", "CHeapFormats", "CHardware"]),

    // Floor 3
    target("VirtualMemory", ["Translation", "PageFrames", "MemoryUnits"]),
    .target(
      name: "Reporting", dependencies: ["Results", "Fragmentation", "MemoryUnits", mustache],
      resources: [
        .embedInCode("Page/page.html"), .embedInCode("Page/page.css"),
        .embedInCode("Page/page.js"), .embedInCode("Page/figures.html"),
      ],
      swiftSettings: strict),

    // Floor 4
    target(
      "Benchmarking",
      [
        "VirtualMemory", "Translation", "PageFrames", "Fragmentation", "Results", "LinuxHost",
        "CFrameAllocator", "CHardware", "MemoryUnits",
      ]),
    target("Baselines", ["Results", "TraceFormats", "LinuxHost"]),
    target("HostFiles", ["VirtualMemory", "LinuxHost"]),
    target(
      "Snapshots",
      ["VirtualMemory", "PageFrames", "LinuxHost", "TraceFormats", "Fragmentation", "MemoryUnits"]),
    target("Contiguity", ["VirtualMemory", "PageFrames", "Fragmentation", "MemoryUnits"]),
    target(
      "Aging", ["VirtualMemory", "PageFrames", "TraceFormats", "Fragmentation", "MemoryUnits"]),

    // Floor 5
    .executableTarget(
      name: "JemallocHost",
      dependencies: [
        "Aging", "VirtualMemory", "PageFrames", "TraceFormats", "Results", "Fragmentation",
        "MemoryUnits", "CJemalloc", "CSimulatedHost",
      ],
      swiftSettings: strict),
    target(
      "Sessions",
      ["Aging", "VirtualMemory", "Translation", "PageFrames", "Fragmentation", "MemoryUnits"]),
    .executableTarget(
      name: "mmapcopy", dependencies: ["HostFiles", "VirtualMemory", "MemoryUnits"],
      path: "Examples/mmapcopy", swiftSettings: strict),
    target(
      "Experiments",
      [
        "Aging", "Baselines", "LinuxHost", "VirtualMemory", "Translation", "PageFrames",
        "TraceFormats", "Results", "Fragmentation", "MemoryUnits", yams,
      ]),

    // Floor 6
    .executableTarget(
      name: "framelab",
      dependencies: [
        "Experiments", "Benchmarking", "Sessions", "Snapshots", "Contiguity", "Aging", "HostFiles",
        "VirtualMemory", "Reporting", "LinuxHost", "Translation", "TraceFormats", "Results",
        "Fragmentation", "MemoryUnits", argumentParser,
      ],
      swiftSettings: strict),

    tests("MemoryUnits", ["MemoryUnits"]),
    tests(
      "Benchmarking", ["Benchmarking", "Results", "VirtualMemory", "PageFrames", "MemoryUnits"]),
    tests(
      "Baselines",
      ["Baselines", "TraceFormats", "Results", "LinuxHost", "MemoryUnits", "CHeapFormats"]),
    tests("PageFrames", ["PageFrames", "Fragmentation", "MemoryUnits"]),
    tests("Fragmentation", ["Fragmentation", "MemoryUnits"]),
    tests("TraceFormats", ["TraceFormats", "MemoryUnits"], exclude: ["Fixtures"]),
    tests(
      "Experiments",
      [
        "Experiments", "VirtualMemory", "Translation", "TraceFormats", "Results", "Fragmentation",
        "MemoryUnits",
      ]),
    tests("Results", ["Results", "Fragmentation", "MemoryUnits"]),
    tests("Reporting", ["Reporting", "Results", "Fragmentation", "MemoryUnits"]),
    tests(
      "Snapshots",
      [
        "Snapshots", "VirtualMemory", "PageFrames", "LinuxHost", "TraceFormats", "Fragmentation",
        "MemoryUnits",
      ]),
    tests("Contiguity", ["Contiguity", "VirtualMemory"]),
    tests(
      "Aging",
      ["Aging", "VirtualMemory", "PageFrames", "TraceFormats", "Fragmentation", "MemoryUnits"]),
    tests("HostFiles", ["HostFiles", "LinuxHost", "VirtualMemory"]),
    tests("LinuxHost", ["LinuxHost", "TraceFormats", "MemoryUnits"]),
    tests("Sessions", ["Sessions"]),
    tests("Framelab", ["Benchmarking"]),
    tests("Translation", ["Translation", "MemoryUnits"]),
    tests("VirtualMemory", ["VirtualMemory", "Translation", "PageFrames", "MemoryUnits"]),
    tests("MachineOracle", ["VirtualMemory", "Translation", "PageFrames", "MemoryUnits"]),
    // Starts the executable as a child: it must never be a dependency here, see JemallocHostTests.
    tests(
      "JemallocHost",
      ["Baselines", "TraceFormats", "Results", "Fragmentation", "MemoryUnits"]),
  ]
)

// jemalloc and the sanitizers exclude each other, and Swift 6.3.1 fails to compile JemallocHost and
// Benchmarking with -sanitize=thread: sanitized builds (scripts/test --long) go without them.
if Context.environment["FRAMELAB_SANITIZED"] != nil {
  let left = ["JemallocHost", "Benchmarking", "framelab"]
  package.products.removeAll { left.contains($0.name) }
  package.targets.removeAll {
    left.contains($0.name) || $0.name == "FramelabTests"
      || left.map { $0 + "Tests" }.contains($0.name)
  }
}
