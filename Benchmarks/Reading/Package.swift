// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who uses or tests the library builds it.
let package = Package(
  name: "reading-benchmark",
  platforms: [.macOS(.v26)],
  traits: [.trait(name: "ISAL", description: "Read gzip with ISA-L.")],
  dependencies: [
    .package(
      name: "palimpsest", path: "../..",
      traits: [.defaults, .trait(name: "ISAL", condition: .when(traits: ["ISAL"]))])
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
