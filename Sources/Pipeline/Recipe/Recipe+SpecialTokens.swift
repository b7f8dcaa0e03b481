import Blocks
import Objectives
import Tokenization

extension Recipe.TokenizerSource {
  /// The same source, a trained tokenizer getting the special tokens that the objectives cannot do without.
  ///
  /// Without them the build would fail as soon as the tokenizer is trained; so no recipe that works changes. Sentinels
  /// join those there are at the front, so that their ids descend.
  ///
  /// - Parameter named: roles for which the recipe names a token itself.
  /// - Throws: `settings.invalid` for a training that is not possible.
  func teaching(
    _ objectives: [Recipe.ObjectiveEntry], namedAlready named: Set<String>, catalog: Catalog
  ) throws(Diagnostic) -> Recipe.TokenizerSource {
    guard case .train(let settings) = self else { return self }
    let needs = Self.needs(of: objectives, vocabularySize: settings.integer("vocab_size"), catalog: catalog)
    var tokens = try TrainerSettings(settings).specialTokens
    let before = tokens.count
    for role in SpecialTokens.Role.allCases where needs.roles.contains(role) && !named.contains(role.rawValue) {
      let names = Tokenizer.wellKnownNames(of: role)
      if let name = names.first, !names.contains(where: { tokens.contains($0) }) { tokens.append(name) }
    }
    if !named.contains("sentinels"), !settings.isGiven("sentinels") {
      var known = 0
      while tokens.contains("<extra_id_\(known)>") { known += 1 }
      let missing = (known..<max(known, needs.sentinels)).reversed().map { "<extra_id_\($0)>" }
      tokens.insert(contentsOf: missing, at: tokens.firstIndex { $0.hasPrefix("<extra_id_") } ?? tokens.count)
    }
    guard tokens.count > before else { return self }
    let list = SettingValue(
      .list(tokens.map { SettingValue(.text($0)) }), at: settings.value("special_tokens").location)
    return .train(settings.replacing([.init("special_tokens", list)]))
  }

  /// What the objectives need, asked of a vocabulary that has everything. An objective that fails even there will say
  /// why when it is made in earnest.
  private static func needs(
    of entries: [Recipe.ObjectiveEntry], vocabularySize: Int, catalog: Catalog
  ) -> SpecialTokenNeeds {
    let roles = SpecialTokens.Role.allCases
    let sentinels = 10_000
    let vocabulary = SpecialTokens(
      vocabularySize: max(vocabularySize, 2 * sentinels),
      ids: Dictionary(uniqueKeysWithValues: roles.enumerated().map { ($1, UInt32($0)) }),
      sentinels: (0..<sentinels).map { UInt32(roles.count + $0) })
    var needs = SpecialTokenNeeds()
    for entry in entries {
      guard let type = catalog.objectives.members.first(where: { $0.name == entry.kind })?.member,
        let settings = try? entry.settings.keeping(type.settings),
        let objective = try? type.make(settings, vocabulary: vocabulary, among: catalog.objectives)
      else { continue }
      needs = needs.union(objective.specialTokenNeeds)
    }
    return needs
  }
}
