import Blocks
import Testing

@Suite struct NamedListTests {
  private let list = NamedList(kind: "colour", [("red", 1), ("green", 2), ("blue", 3)])

  @Test func `Members are found by name and kept in order`() throws {
    #expect(list.names == ["red", "green", "blue"])
    #expect(try list.member(named: "green") == 2)
  }

  @Test func `A member of a known name replaces the old one, and the list itself stays`() throws {
    let more = list.adding("red", 9).adding("grey", 4)
    #expect(more.names == ["green", "blue", "red", "grey"])
    #expect(try more.member(named: "red") == 9)
    #expect(try list.member(named: "red") == 1)
  }

  @Test func `An unknown name is an error that lists the known ones`() throws {
    let error = try #require(throws: Diagnostic.self) { _ = try list.member(named: "gren") }
    #expect(
      error.description == """
        error[list.unknown-name]: there is no colour called 'gren'
          expected  one of red, green, blue
          help      did you mean 'green'?
        """)
    let far = try #require(throws: Diagnostic.self) { _ = try list.member(named: "ultraviolet") }
    #expect(far.help == nil)
  }

  @Test func `The nearest name is near`() {
    #expect(nearestName(to: "noise_dentisy", among: ["noise_density", "length"]) == "noise_density")
    #expect(nearestName(to: "", among: ["a"]) == "a")
    #expect(nearestName(to: "wholly", among: []) == nil)
    #expect(nearestName(to: "mlm", among: ["clm", "denoising"]) == "clm")
  }
}
