public import Blocks

/// Mixes objectives by weight: each row is one task's, and says which.
///
/// - Source: mixtures as in T5 (Raffel et al. 2020, §3.5.2) and UL2 (Tay et al. 2022), which draw examples of tasks at
///   given rates.
/// - Input: whatever the drawn task takes. The task is drawn first, then a window of its length is cut where the last
///   one ended, so no text is used twice and none is lost, whatever the lengths.
/// - Columns: those of all tasks by name, see `MixtureSchema`; `task` u8: its place in the recipe.
/// - Randomness: the task (purpose 7 of the mixture's own draws); then the task's own draws, as if it were alone.
/// - Guarantees: a row is the row its task makes of the window, filled up; shares of rows are those of the weights.
/// - Drops: what the tasks drop. Fails: never.
/// - Cost: that of the tasks; no allocation after the first example.
public struct Mixture: Objective {
  public static let name = "mixture"
  public static let summary = "Mixes several objectives by weight in one dataset, with a column that says which."
  public static let settings = [
    Setting(
      "tasks", .any, default: nil,
      "The tasks by name: each a map of `weight`, `objective` (left out where the name says it) or `preset`, and that"
        + " objective's own keys. The `task` column counts them in this order.")
  ]

  /// The keys of a task beside those of its objective.
  public static func taskSettings(_ kind: String) -> [Setting] {
    [
      Setting("objective", .text, default: .text(kind), "The kind of objective, when the task has a name of its own."),
      Setting(
        "weight", .integer(1...1000), default: .integer(1),
        "How often the task is drawn, as a part of the sum of all weights: its share of the rows."),
    ]
  }

  /// One member.
  struct MixedTask: Sendable {
    let name: String
    let weight: Int
    let objective: any Objective
  }

  public let drawNumber: UInt32 = 21
  public let schema: ExampleSchema
  public let windowing: Windowing

  let tasks: [MixedTask]
  let deal: WindowDeal
  let mixed: MixtureSchema

  public init(_ settings: Settings, vocabulary: SpecialTokens) throws(Diagnostic) {
    try self.init(settings, vocabulary: vocabulary, among: AllObjectives.standard)
  }

  public static func make(
    _ settings: Settings, vocabulary: SpecialTokens, among list: NamedList<any Objective.Type>
  ) throws(Diagnostic) -> any Objective {
    try Mixture(settings, vocabulary: vocabulary, among: list)
  }

  private init(
    _ settings: Settings, vocabulary: SpecialTokens, among list: NamedList<any Objective.Type>
  ) throws(Diagnostic) {
    var tasks: [MixedTask] = []
    for member in try Self.members(settings, among: list) {
      let own = try member.settings.keeping(member.type.settings)
      tasks.append(
        MixedTask(
          name: member.name, weight: member.settings.integer("weight"),
          objective: try member.type.make(own, vocabulary: vocabulary, among: list)))
    }
    self.tasks = tasks
    try Self.checkTogether(tasks, settings)
    deal = WindowDeal(
      drawNumber: drawNumber, weights: tasks.map(\.weight), windowings: tasks.map(\.objective.windowing))
    windowing = Windowing(deal)
    mixed = try MixtureSchema(
      tasks.map { (name: $0.name, schema: $0.objective.schema) }, vocabulary: vocabulary, settings)
    schema = mixed.schema
  }

  /// - Throws: `mixture.windows` for tasks whose windows cannot follow one another in one stream.
  private static func checkTogether(_ tasks: [MixedTask], _ settings: Settings) throws(Diagnostic) {
    for task in tasks {
      let windowing = task.objective.windowing
      guard windowing.isCuttable, task.objective.batchSize == nil else {
        throw Diagnostic(
          "mixture.windows", "the task '\(task.name)' of '\(settings.path)' does not take windows one after the other",
          at: settings.value("tasks").location ?? settings.location,
          expected: "windowing document, packed, full_sentences or doc_sentences, without negatives or batches",
          found: "windowing \(windowing.kind.rawValue)",
          help: "make it an objective of its own, beside the mixture")
      }
    }
    let spanning = tasks.filter { $0.objective.windowing.kind.spansDocuments }
    guard spanning.isEmpty || spanning.count == tasks.count else {
      let other = tasks.first { !$0.objective.windowing.kind.spansDocuments }
      throw Diagnostic(
        "mixture.windows", "the tasks of '\(settings.path)' do not agree on whether windows keep to one document",
        at: settings.value("tasks").location ?? settings.location,
        expected: "one kind of windows in all tasks",
        found: "'\(spanning[0].name)' has windowing \(spanning[0].objective.windowing.kind.rawValue), "
          + "'\(other?.name ?? "")' \(other?.objective.windowing.kind.rawValue ?? "")",
        help: "set `windowing` in the tasks: packed for all, or document for all")
    }
  }

  public var specialTokenNeeds: SpecialTokenNeeds {
    tasks.reduce(SpecialTokenNeeds()) { $0.union($1.objective.specialTokenNeeds) }
  }

  public func append(
    _ window: TokenWindow, drawing draws: ExampleDraws, orderKey: UInt64, scratch: inout ObjectiveScratch,
    to batch: inout ExampleBatch
  ) -> DropReason? {
    let index = deal.index(draws)
    let objective = tasks[index].objective
    // Only a row that names another task than its own comes with such a window.
    guard fits(window, objective.windowing) else { return DropReason("window_of_another_task") }
    batch.append(index, to: mixed.taskColumn)
    batch.embed(mixed.embeddings[index])
    let dropped = objective.append(
      window, drawing: objective.draws(seed: draws.seed, for: window), orderKey: orderKey, scratch: &scratch,
      to: &batch)
    batch.embed(nil)
    if dropped != nil { batch.discardRow() }
    return dropped
  }

  private func fits(_ window: TokenWindow, _ windowing: Windowing) -> Bool {
    let gathersSentences = windowing.needsSentences && !windowing.kind.keepsSentences
    return window.ids.count <= windowing.length && !(gathersSentences && window.sentenceStarts.isEmpty)
  }
}

extension Mixture {
  /// The task of a row, and the row as that task made it.
  private func member(_ example: Example) throws(Diagnostic) -> (task: MixedTask, example: Example) {
    let row = try ExampleReader(example, schema: schema)
    let number = Int(row.scalar(mixed.taskColumn))
    guard tasks.indices.contains(number) else {
      throw row.broken(
        "task", mixed.taskColumn, at: 0, "is no task of this mixture",
        expected: tasks.enumerated().map { "\($0) \($1.name)" }.joined(separator: ", "))
    }
    return (tasks[number], mixed.example(example, of: number))
  }

  public func restore(_ example: Example) throws(Diagnostic) -> TokenWindow {
    let (task, own) = try member(example)
    return try task.objective.restore(own)
  }

  public func check(_ example: Example) throws(Diagnostic) {
    let (task, own) = try member(example)
    try task.objective.check(own)
  }

  public func explain(_ example: Example) -> [ExampleSection] {
    guard let (task, own) = try? member(example) else { return ExampleSection.raw(example, ["input_ids"]) }
    return task.objective.explain(own)
  }

  /// How often each task is drawn, and what each expects of its own rows.
  public var expectations: [Expectation] {
    let sum = Double(tasks.reduce(0) { $0 + $1.weight })
    var expectations: [Expectation] = []
    for (number, task) in tasks.enumerated() where tasks.count > 1 {
      let probability = Double(task.weight) / sum
      expectations.append(
        Expectation("rows of \(task.name)", probability: probability, variance: probability * (1 - probability)) {
          example in
          guard let found = example.scalar("task") else { return .none }
          return Expectation.Observation(successes: Int(found) == number ? 1 : 0, trials: 1)
        })
    }
    for (number, task) in tasks.enumerated() {
      for expectation in task.objective.expectations {
        var own = expectation
        own.name = "\(task.name): \(expectation.name)"
        own.observe = { example in
          guard let (found, row) = try? numberedMember(example), found == number else { return .none }
          return expectation.observe(row)
        }
        expectations.append(own)
      }
    }
    return expectations
  }

  /// The laws of each task, over its own rows.
  public var laws: [Law] {
    tasks.enumerated().flatMap { number, task in
      task.objective.laws.map { law in
        var own = law
        own.name = "\(task.name): \(law.name)"
        own.observe = { example, counts in
          guard let (found, row) = try? numberedMember(example), found == number else { return }
          law.observe(row, &counts)
        }
        return own
      }
    }
  }

  private func numberedMember(_ example: Example) throws(Diagnostic) -> (Int, Example) {
    let own = try member(example).example
    return (Int(example.values[mixed.taskColumn][0]), own)
  }
}
