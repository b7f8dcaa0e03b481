import Blocks
import Testing

@Suite struct DiagnosticTests {
  private let full = Diagnostic(
    "corpus.truncated-frame", "part-0007.jsonl.zst ends inside a zstd frame",
    at: SourceLocation(path: "part-0007.jsonl.zst", byte: 41_943_040, frame: 12),
    excerpt: "  3 | length: many\n    |         ^^^^", expected: "9312 more bytes\nof this frame", found: "end of file",
    help: "fetch it again")

  @Test func `It prints every part, aligned, and leaves out what is not known`() {
    #expect(
      full.description == """
        error[corpus.truncated-frame]: part-0007.jsonl.zst ends inside a zstd frame
          at        part-0007.jsonl.zst: byte 41943040, frame 12
          3 | length: many
            |         ^^^^
          expected  9312 more bytes
                    of this frame
          found     end of file
          help      fetch it again
        """)
    #expect(
      Diagnostic("a.b", "short", found: "", severity: .warning).description == "warning[a.b]: short")
  }

  @Test func `A caller that knows more adds it and keeps the rest`() {
    let placed = Diagnostic("a.b", "m", expected: "e").with(
      location: SourceLocation(path: "f", line: 2, column: 3), help: "h", severity: .warning)
    #expect(
      placed.description == """
        warning[a.b]: m
          at        f: line 2, column 3
          expected  e
          help      h
        """)
    #expect(full.with() == full)
    #expect(full.with(help: "other") != full)
  }

  @Test func `It is one word wide`() {
    #expect(MemoryLayout<Diagnostic>.size == MemoryLayout<Int>.size)
  }

  @Test func `A place prints what is known`() {
    #expect(SourceLocation(path: "f").description == "f")
    #expect(SourceLocation(path: "-", byte: 0, line: 1).description == "-: line 1, byte 0")
  }
}
