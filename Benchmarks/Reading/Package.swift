// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who uses or tests the library builds it.
let package = Package(
  name: "reading-benchmark",
  platforms: [.macOS(.v26)],
  dependencies: [
    .package(
      name: "palimpsest", path: "../..")
  ],
  targets: [
    .executableTarget(
      name: "ReadingBenchmark",
      dependencies: [
        .product(name: "PalimpsestBlocks", package: "palimpsest"),
        .product(name: "PalimpsestCorpus", package: "palimpsest"),
      ])
  ]
)
