import Palimpsest
import TestSupport
import Testing

@Suite("The recipe reference")
struct ReferencePageTests {
  @Test("is what the definitions say: palimpsest explain --markdown > Documentation/Recipe.md")
  func upToDate() throws {
    let page = String(
      decoding: try LocalFileSystem().readAll(Fixtures.root + "/Documentation/Recipe.md"), as: UTF8.self)
    #expect(page == RecipeReference().markdown)
  }

  @Test("of presets is what they say: palimpsest presets --markdown > Documentation/Presets.md")
  func presets() throws {
    let page = String(
      decoding: try LocalFileSystem().readAll(Fixtures.root + "/Documentation/Presets.md"), as: UTF8.self)
    #expect(page == PresetReference().markdown)
  }
}
