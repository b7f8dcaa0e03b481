// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who uses or tests the library builds it.
let package = Package(
  name: "objective-benchmark",
  platforms: [.macOS(.v26)],
  dependencies: [.package(name: "palimpsest", path: "../..")],
  targets: [
    .executableTarget(
      name: "ObjectiveBenchmark",
      dependencies: [
        .product(name: "PalimpsestBlocks", package: "palimpsest"),
        .product(name: "PalimpsestObjectives", package: "palimpsest"),
      ])
  ]
)
