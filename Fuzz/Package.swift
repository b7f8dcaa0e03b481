// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who uses or tests the library builds it. `make fuzz` builds and runs it: the
// sanitizers are options of that build.
let package = Package(
  name: "fuzz",
  platforms: [.macOS(.v26)],
  dependencies: [.package(name: "palimpsest", path: "..")],
  targets: [
    .executableTarget(
      name: "Fuzz",
      dependencies: [
        .product(name: "PalimpsestBlocks", package: "palimpsest"),
        .product(name: "PalimpsestCorpus", package: "palimpsest"),
      ])
  ]
)
