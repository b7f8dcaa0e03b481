import Blocks
import Testing

@Suite struct SettingsTests {
  private let definitions = [
    Setting("length", .integer(8...64), default: .integer(32), "Tokens."),
    Setting("rate", .number(0...1), default: .number(0.5), "A share."),
    Setting("name", .text, default: nil, "What to call it."),
    Setting("cap", .integer(1 ... .max), default: .null, "At most this many."),
    Setting("form", .choice(["round", "square"]), default: .text("round"), "The form."),
    Setting("size", .byteSize, default: .integer(1), "A size."),
    Setting("parts", .list(.number(0 ... .infinity)), default: .list([]), "Parts."),
    Setting("both", .either([.choice(["all"]), .list(.integer(0...9))]), default: .text("all"), "Which."),
    Setting("on", .flag, default: .flag(false), "Whether."),
  ]

  private func settings(_ entries: KeyValuePairs<String, SettingValue.Content>) throws(Diagnostic) -> Settings {
    let location = SourceLocation(path: "recipe.yaml", line: 3, column: 5)
    let map = entries.map { SettingValue.Entry($0.key, SettingValue($0.value, at: location), at: location) }
    return try Settings(SettingValue(.map(map)), allowing: definitions, path: "thing")
  }

  private func error(_ entries: KeyValuePairs<String, SettingValue.Content>) throws -> Diagnostic {
    try #require(throws: Diagnostic.self) { _ = try settings(entries) }
  }

  @Test func `Defaults fill what is not given, and values take their canonical form`() throws {
    let values = try settings(["name": .text("x"), "rate": .integer(1), "size": .text("8MiB"), "both": .list([])])
    #expect(values.integer("length") == 32)
    #expect(values.number("rate") == 1)
    #expect(values.value("rate").content == .number(1))
    #expect(values.integer("size") == 8 << 20)
    #expect(values.optionalInteger("cap") == nil)
    #expect(values.list("both").isEmpty)
    #expect(!values.flag("on"))
    #expect(values.isGiven("rate") && !values.isGiven("length"))
    #expect(values.values.map(\.key) == definitions.map(\.key))
  }

  @Test func `An unknown key names its neighbour and its place`() throws {
    #expect(
      try error(["name": .text("x"), "lenght": .integer(9)]).description == """
        error[settings.unknown-key]: 'thing' has no key 'lenght'
          at        recipe.yaml: line 3, column 5
          expected  one of length, rate, name, cap, form, size, parts, both, on
          help      did you mean 'length'?
        """)
  }

  @Test func `A value of the wrong kind says what would have been right`() throws {
    #expect(
      try error(["name": .text("x"), "length": .integer(7)]).description == """
        error[settings.wrong-type]: 'thing.length' is not an integer from 8 to 64
          at        recipe.yaml: line 3, column 5
          expected  an integer from 8 to 64
          found     7
        """)
    for (key, value) in [
      ("rate", .number(1.5)), ("rate", .text("1")), ("form", .text("oval")), ("on", .integer(1)), ("cap", .integer(0)),
      ("parts", .list([SettingValue(.text("a"))])), ("both", .text("none")), ("size", .text("many")), ("length", .null),
    ] as [(String, SettingValue.Content)] {
      #expect(try error(["name": .text("x"), key: value]).code == "settings.wrong-type", "\(key)")
    }
  }

  @Test func `Missing and doubled keys are errors`() throws {
    #expect(try error([:]).code == "settings.missing-key")
    #expect(try error(["name": .text("x"), "name": .text("y")]).code == "settings.duplicate-key")
    let scalar = try #require(throws: Diagnostic.self) {
      _ = try Settings(SettingValue(.integer(3)), allowing: definitions, path: "thing")
    }
    #expect(scalar.code == "settings.wrong-type")
  }

  @Test func `An objection to a value carries its place`() throws {
    let values = try settings(["name": .text("x"), "rate": .number(0.25)])
    #expect(
      values.invalid("rate", "is odd", help: "use an even one").description == """
        error[settings.invalid]: 'thing.rate' is odd
          at        recipe.yaml: line 3, column 5
          found     rate: 0.25
          help      use an even one
        """)
  }

  @Test func `Sizes have decimal and binary units`() {
    #expect(byteCount(from: "64MB") == 64_000_000)
    #expect(byteCount(from: "8 MiB") == 8_388_608)
    #expect(byteCount(from: "1.5kib") == 1536)
    #expect(byteCount(from: "10b") == 10)
    #expect(byteCount(from: "7") == 7)
    for text in ["", "MB", "-1MB", "1 mile", "99999999TB"] { #expect(byteCount(from: text) == nil, "\(text)") }
  }
}
