// swift-tools-version: 6.2
import PackageDescription

// One constant for every target of ours: strict imports, strict memory safety, no unsafe flags.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .strictMemorySafety(),
]

/// A module of the house: `imports` are the only modules it may import.
func module(_ name: String, imports: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: imports, swiftSettings: strict)
}

/// The tests of a module mirror its sources; all may use the shared test support.
func tests(_ name: String, of imports: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: imports + ["TestSupport"], swiftSettings: strict)
}

let package = Package(
  name: "palimpsest",
  platforms: [.macOS(.v26)],
  products: [
    .executable(name: "palimpsest", targets: ["PalimpsestCLI"]),
    .library(name: "Palimpsest", targets: ["Palimpsest"]),
    .library(name: "PalimpsestBlocks", targets: ["Blocks"]),
    .library(name: "PalimpsestCorpus", targets: ["Corpus"]),
    .library(name: "PalimpsestText", targets: ["Text"]),
    .library(name: "PalimpsestTokenization", targets: ["Tokenization"]),
    .library(name: "PalimpsestObjectives", targets: ["Objectives"]),
    .library(name: "PalimpsestShards", targets: ["Shards"]),
    .library(name: "PalimpsestInspection", targets: ["Inspection"]),
    .library(name: "PalimpsestModelCore", targets: ["ModelCore"]),
  ],
  traits: [
    .trait(name: "Zlib", description: "Read gzip files (needs zlib)."),
    .trait(name: "Bzip2", description: "Read bzip2 files (needs libbz2)."),
    .trait(name: "XZ", description: "Read xz files (needs liblzma)."),
    .trait(name: "LZ4", description: "Read lz4 files (needs liblz4)."),
    .trait(name: "Network", description: "Read http, https and S3 addresses (needs libcurl)."),
    .trait(name: "BLAS", description: "Multiply matrices by OpenBLAS (needs libopenblas); without it, in plain Swift."),
    .default(enabledTraits: ["Zlib", "Bzip2", "XZ", "LZ4", "Network", "BLAS"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
  ],
  targets: [
    // Level 0: system libraries, each imported by exactly one module, and our own C kernels and tables.
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(name: "CBzip2", providers: [.apt(["libbz2-dev"]), .brew(["bzip2"])]),
    .systemLibrary(name: "CLZMA", pkgConfig: "liblzma", providers: [.apt(["liblzma-dev"]), .brew(["xz"])]),
    .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"]), .brew(["lz4"])]),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]),
    .systemLibrary(name: "CBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    .systemLibrary(name: "CSystemICU", pkgConfig: "icu-i18n", providers: [.apt(["libicu-dev"]), .brew(["icu4c"])]),
    // C of ours between ICU and Swift: Foundation brings another ICU, and Swift cannot see the headers of both.
    .target(
      name: "CICU", dependencies: ["CSystemICU"],
      linkerSettings: [.linkedLibrary("icui18n"), .linkedLibrary("icuuc")]),
    .target(name: "CKernels"),

    // Level 1: the values that flow.
    module("Blocks"),

    // Level 2
    module(
      "Files",
      imports: [
        "Blocks", "CZstd", .target(name: "CZlib", condition: .when(traits: ["Zlib"])),
        .target(name: "CBzip2", condition: .when(traits: ["Bzip2"])),
        .target(name: "CLZMA", condition: .when(traits: ["XZ"])),
        .target(name: "CLZ4", condition: .when(traits: ["LZ4"])),
      ]),
    module("ArrowIPC", imports: ["Blocks"]),
    module("JSONText", imports: ["Blocks"]),
    module("Text", imports: ["Blocks", "CICU"]),
    module("Objectives", imports: ["Blocks"]),
    module("ModelCore", imports: ["Blocks", .target(name: "CBLAS", condition: .when(traits: ["BLAS"]))]),

    // Level 3
    module("Corpus", imports: ["Blocks", "ArrowIPC", "CKernels", "Files", "JSONText", "Text"]),
    module("Remote", imports: ["Blocks", "Files", .target(name: "CCurl", condition: .when(traits: ["Network"]))]),
    module("Tokenization", imports: ["Blocks", "CKernels", "JSONText", "Text"]),
    module("Shards", imports: ["Blocks", "ArrowIPC", "Files", "JSONText"]),

    // Level 4
    module(
      "Pipeline",
      imports: [
        "Blocks", "Files", "JSONText", "Corpus", "Text", "Tokenization", "Objectives", "Shards",
        .product(name: "Yams", package: "Yams"),
      ]),
    module(
      "Inspection",
      imports: ["Blocks", "Files", "JSONText", "Shards", "Tokenization", "Objectives"]),

    // Level 5
    module(
      "Validation", imports: ["Blocks", "Files", "JSONText", "Shards", "Objectives", "ModelCore", "Inspection"]),

    // Levels 6 and 7: the public face, and the tool.
    module(
      "Palimpsest",
      imports: [
        "Blocks", "Files", "JSONText", "Corpus", "Remote", "Text", "Tokenization", "Objectives", "Shards", "Pipeline",
        "Inspection", "ModelCore", "Validation",
      ]),
    .executableTarget(
      name: "PalimpsestCLI",
      dependencies: ["Palimpsest", .product(name: "ArgumentParser", package: "swift-argument-parser")],
      swiftSettings: strict),

    .target(
      name: "TestSupport", dependencies: ["Blocks", "Files", "JSONText"], path: "Tests/TestSupport",
      swiftSettings: strict),
    tests("BlocksTests", of: ["Blocks", "JSONText"]),
    tests("FilesTests", of: ["Blocks", "Files"]),
    tests("JSONTextTests", of: ["Blocks", "JSONText"]),
    tests("TextTests", of: ["Blocks", "Text"]),
    tests("ObjectivesTests", of: ["Blocks", "JSONText", "Objectives"]),
    tests("CorpusTests", of: ["Blocks", "CKernels", "Files", "JSONText", "Corpus"]),
    tests("RemoteTests", of: ["Blocks", "Corpus", "Files", "Remote"]),
    tests("TokenizationTests", of: ["Blocks", "CKernels", "JSONText", "Text", "Tokenization"]),
    tests("ShardsTests", of: ["Blocks", "Files", "JSONText", "Shards"]),
    tests("PipelineTests", of: ["Palimpsest", "Pipeline"]),
    tests("InspectionTests", of: ["Palimpsest"]),
    tests("ModelCoreTests", of: ["Blocks", "JSONText", "ModelCore"]),
    tests("ValidationTests", of: ["Palimpsest", "ModelCore", "Validation"]),
    tests("CLITests", of: ["Palimpsest", "PalimpsestCLI"]),
    tests("TidyTests", of: []),
  ]
)
