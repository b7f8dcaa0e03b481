import Testing

@Suite("Sources")
struct SourceRuleTests {
  @Test("Only the tool prints")
  func onlyTheToolPrints() throws {
    let calls = try occurrences(ofCalls: ["print", "debugPrint", "dump"], outside: ["PalimpsestCLI"])
    #expect(calls == [])
  }

  @Test("Only the tool looks at the environment")
  func onlyTheToolLooksAtTheEnvironment() throws {
    let calls = try occurrences(ofCalls: ["getenv", "setenv", "ProcessInfo"], outside: ["PalimpsestCLI"])
    #expect(calls == [])
  }

  @Test("Only the pipeline and the tool look at clocks, start threads and take locks; known addresses have a lock, too")
  func onlyThePipelineLooksAtClocks() throws {
    let names = ["ContinuousClock", "SuspendingClock", "clock_gettime", "pthread_create", "Task", "Thread"]
    #expect(try occurrences(ofCalls: names, outside: ["Pipeline", "PalimpsestCLI"]) == [])
    #expect(try occurrences(ofCalls: ["Mutex"], outside: ["Pipeline", "PalimpsestCLI", "Remote"]) == [])
  }

  @Test("Nothing is forced, and nothing is left unwritten")
  func nothingIsForced() throws {
    for file in SourceTree.swiftFiles(in: "Sources") {
      for (line, code) in try SourceTree.code(of: file, containingAny: ["try!", "as!"]) {
        #expect(!code.contains("try!") && !code.contains("as!"), "\(file):\(line)")
      }
      let unwritten = try SourceTree.lines(of: file, containingAny: ["fatalError(\"not"])
      #expect(unwritten.isEmpty, "\(file):\(unwritten.map(\.number))")
    }
  }

  @Test("A promise across threads that the compiler cannot check is explained")
  func uncheckedSendableIsExplained() throws {
    for file in SourceTree.swiftFiles(in: "Sources") {
      let lines = try SourceTree.lines(of: file)
      for (line, source) in lines where source.contains("@unchecked Sendable") {
        let above = lines[max(0, line - 6)..<line - 1]
        #expect(above.contains { $0.text.contains("//") } || source.contains("//"), "\(file):\(line)")
      }
    }
  }

  @Test("A Swift file has at most 500 lines")
  func filesAreShort() throws {
    for file in SourceTree.swiftFiles(in: "Sources") + SourceTree.swiftFiles(in: "Tests") {
      let count = try SourceTree.lines(of: file).count - 1
      #expect(count <= 500, "\(file) has \(count) lines: which of its ideas could have a file of its own?")
    }
  }

  @Test("Code is seen without its comments and strings")
  func codeIsSeparated() {
    let source = ##"""
      call(1)  // print(2)
      /* print(3) /* nested */ print(4) */ call(5)
      let text = "print(\(name("print(6)"))) \" print(7)"
      let raw = #"print("8") \#(call(9))"#
      let long = """
        print(10) "quoted"
        """
      call(11)
      """##
    let code = SwiftCode.only(source)
    #expect(!code.contains("print"))
    for call in ["call(1)", "call(5)", "call(11)"] { #expect(code.contains(call)) }
    #expect(code.count(where: \.isNewline) == source.count(where: \.isNewline))
  }

  /// `file:line name` of each call of the functions or initialisers, in code outside some modules.
  private func occurrences(ofCalls names: [String], outside modules: Set<String>) throws -> [String] {
    var found: [String] = []
    for file in SourceTree.swiftFiles(in: "Sources") {
      if modules.contains(String(file.split(separator: "/")[1])) { continue }
      for (line, code) in try SourceTree.code(of: file, containingAny: names) {
        for name in names where Self.calls(name, in: code) { found.append("\(file):\(line) \(name)") }
      }
    }
    return found
  }

  /// Whether `name` stands there as a whole word, not as a member of something, with `(`, `{` or `.` behind it.
  static func calls(_ name: String, in code: Substring) -> Bool {
    var rest = code
    while let range = rest.firstRange(of: name) {
      let before = code[..<range.lowerBound].last
      let after = code[range.upperBound...].drop { $0 == " " }.first
      let startsWord = before.map { !$0.isLetter && !$0.isNumber && $0 != "_" && $0 != "." } ?? true
      if startsWord, let after, "({.".contains(after) { return true }
      rest = rest[range.upperBound...]
    }
    return false
  }
}
