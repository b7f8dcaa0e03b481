/// Who may import whom: what `Package.swift` declares, and what the toolchain lends to a few.
struct ModuleGraph {
  /// From the ground up; a module imports from lower levels only.
  static let levels: [[String]] = [
    ["CZstd", "CZlib", "CBzip2", "CLZMA", "CLZ4", "CCurl", "CBLAS", "CSystemICU", "CICU", "CKernels"],
    ["Blocks"],
    ["ArrowIPC", "Files", "JSONText", "Text", "Objectives", "ModelCore"],
    ["Corpus", "Remote", "Tokenization", "Shards"],
    ["Pipeline", "Inspection"],
    ["Validation"],
    ["Palimpsest"],
    ["PalimpsestCLI"],
  ]

  /// The system's own interface under each of its names.
  static let systemInterface: Set<String> = ["Glibc", "Musl", "Darwin"]

  /// Modules of the toolchain by who may import them: system calls, and handles closed once, in `Files`; threads, locks
  /// and signals in `Pipeline`; a lock around what is known of addresses in `Remote`; the environment and the terminal
  /// in the tool.
  static let toolchain: [String: Set<String>] = [
    "Files": systemInterface.union(["Synchronization"]),
    "Pipeline": systemInterface.union(["Synchronization"]),
    "Remote": ["Synchronization"],
    "PalimpsestCLI": systemInterface,
  ]

  /// Modules that one file alone may import.
  static let onlyIn: [String: String] = [
    "Foundation": "Sources/Pipeline/Recipe/Recipe+YAML.swift",
    "Yams": "Sources/Pipeline/Recipe/Recipe+YAML.swift",
  ]

  /// The libraries of the system, and the one module that sees each.
  static let owners: [String: String] = [
    "CZstd": "Files", "CZlib": "Files", "CBzip2": "Files", "CLZMA": "Files", "CLZ4": "Files",
    "CCurl": "Remote", "CICU": "Text", "CBLAS": "ModelCore",
  ]

  /// What each module declares that it imports.
  let declared: [String: Set<String>]

  /// Reads `module("Name", imports: [ … ])` and the executable target out of a manifest.
  init(manifest: String) {
    var declared: [String: Set<String>] = [:]
    for call in ["module(", ".executableTarget("] {
      for piece in manifest.components(after: call) {
        let strings = ModuleGraph.strings(in: ModuleGraph.argumentList(piece))
        if let name = strings.first { declared[name] = Set(strings.dropFirst()) }
      }
    }
    self.declared = declared
  }

  static func level(of module: String) -> Int? {
    levels.firstIndex { $0.contains(module) }
  }

  /// The text up to the parenthesis that closes the call.
  private static func argumentList(_ text: Substring) -> Substring {
    var depth = 1
    for index in text.indices {
      if text[index] == "(" { depth += 1 }
      if text[index] == ")" { depth -= 1 }
      if depth == 0 { return text[..<index] }
    }
    return text
  }

  private static func strings(in text: Substring) -> [String] {
    text.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
      .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
  }
}

extension String {
  /// What follows each occurrence of `separator`, to the end of the text.
  fileprivate func components(after separator: String) -> [Substring] {
    var found: [Substring] = []
    var rest = self[...]
    while let range = rest.firstRange(of: separator) {
      rest = rest[range.upperBound...]
      found.append(rest)
    }
    return found
  }
}
