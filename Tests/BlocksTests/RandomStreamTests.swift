import Blocks
import TestSupport
import Testing

@Suite struct RandomStreamTests {
  private func words(_ golden: Golden) -> RandomStream.Words {
    let values = golden.ints.map { UInt32($0) }
    return (values[0], values[1], values[2], values[3])
  }

  @Test func `Philox gives the published Random123 vectors, with ten and with seven rounds`() throws {
    let vectors = try Golden("philox")["known_answer_vectors_random123"].list
    #expect(vectors.count == 6)
    for vector in vectors {
      let key = vector["key"].ints.map { UInt32($0) }
      let out = RandomStream.philox(counter: words(vector["ctr"]), key: (key[0], key[1]), rounds: vector["rounds"].int)
      #expect(out == words(vector["out"]))
    }
  }

  @Test func `Example streams depend on each of their six arguments`() throws {
    for row in try Golden("philox")["example_streams"].list {
      let draws = ExampleDraws(
        seed: row["seed"].uint64, objective: UInt32(row["objective"].int), epoch: UInt32(row["epoch"].int),
        origin: row["doc"].uint64, example: UInt32(row["example"].int))
      var stream = draws.stream(number: UInt32(row["purpose"].int))
      #expect((0..<8).map { _ in Int(stream.word()) } == row["u32"].ints)
    }
  }

  private func stream(_ purpose: UInt32) -> RandomStream {
    ExampleDraws(seed: 12345, objective: 1, epoch: 0, origin: 42, example: 3).stream(number: purpose)
  }

  @Test func `Double words and doubles are the golden ones`() throws {
    let golden = try Golden("philox")["primitives"]
    var words = stream(10)
    for value in golden["purpose10_u64_x3"].list { #expect(words.doubleWord() == value.uint64) }
    var doubles = stream(11)
    for value in golden["purpose11_double_x4"].list { #expect(doubles.double() == value.double) }
  }

  @Test func `Bounded draws are the golden ones, up to 2^32, and one word each but for rejections`() throws {
    let golden = try Golden("philox")["primitives"]
    var bounded = stream(12)
    for row in golden["purpose12_bounded"].list { #expect(bounded.bounded(row[0].int) == row[1].int) }
    expect(bounded, hasUsed: golden["purpose12_draws"].int, of: 12)
    var rejecting = stream(13)
    for value in golden["purpose13_bounded_3x2^30_x8"].ints { #expect(rejecting.bounded(3 << 30) == value) }
    expect(rejecting, hasUsed: golden["purpose13_draws_with_rejection"].int, of: 13)
  }

  /// A stream has used n words when its next word is word n.
  private func expect(_ used: RandomStream, hasUsed count: Int, of purpose: UInt32) {
    var used = used
    var fresh = stream(purpose)
    for _ in 0..<count { _ = fresh.word() }
    #expect(used.word() == fresh.word())
  }

  @Test func `A bound near 2^32 is not biased as a remainder would be`() {
    // With word % n a third of the values below 2^30 would be half of them.
    var stream = stream(13)
    var low = 0
    for _ in 0..<100_000 where stream.bounded(3 << 30) < 1 << 30 { low += 1 }
    #expect(abs(Double(low) / 100_000 - 1.0 / 3) < 5 * (2.0 / 9 / 100_000).squareRoot())
  }

  @Test func `Shuffles, samples and Bernoulli draws are the golden ones`() throws {
    let golden = try Golden("philox")["primitives"]
    var items = Array(0..<10)
    var shuffling = stream(14)
    shuffling.partialShuffle(&items, count: 10)
    #expect(items == golden["purpose14_shuffle_0..9"].ints)
    items = Array(0..<10)
    var sampling = stream(15)
    sampling.partialShuffle(&items, count: 3)
    #expect(Array(items[..<3]) == golden["purpose15_partial_shuffle_k3_of_10_first3"].ints)
    var coins = stream(16)
    #expect(Threshold(0.15).value == golden["threshold_p0.15"].uint64)
    for flag in golden["purpose16_bernoulli_p0.15_x24"].flags { #expect(coins.bernoulli(Threshold(0.15)) == flag) }
  }

  @Test func `Empty and single arrays shuffle without a draw`() {
    var stream = stream(14)
    var none: [Int] = []
    var one = [7]
    stream.partialShuffle(&none, count: 3)
    stream.partialShuffle(&one, count: 1)
    #expect(none == [] && one == [7])
    expect(stream, hasUsed: 0, of: 14)
  }

  @Test func `Certain events use no word`() {
    var stream = stream(16)
    let draws = (stream.bernoulli(Threshold(0)), stream.bernoulli(Threshold(1)), stream.bounded(1))
    #expect(draws == (false, true, 0))
    #expect(Threshold(-3).value == 0 && Threshold(9).value == 1 << 32)
    expect(stream, hasUsed: 0, of: 16)
  }

  @Test func `Tables are drawn as in the golden cases`() throws {
    let golden = try Golden("philox")
    for (key, purpose, draws) in [
      ("geometric_p0.2_trunc_1..10", 17 as UInt32, "purpose17_geometric_p0.2_1..10_x16"),
      ("poisson_3_fairseq_truncation", 18, "purpose18_poisson3_x16"),
    ] {
      let table = SamplingTable(
        firstValue: golden["sampling_tables"][key]["first_value"].int,
        thresholds: golden["sampling_tables"][key]["thresholds_u32"].list.map(\.uint64))
      var stream = stream(purpose)
      for value in golden["primitives"][draws].ints { #expect(table.firstValue + stream.index(in: table) == value) }
    }
  }

  @Test func `An order statistic of doubles is a beta draw`() throws {
    let golden = try Golden("philox")["primitives"]
    var stream = stream(19)
    for value in golden["purpose19_beta42_x4_(4th smallest of 5 doubles)"].list {
      let doubles = (0..<5).map { _ in stream.double() }
      #expect(doubles.sorted()[3] == value.double)
    }
  }

  @Test func `Weighted choices are the golden ones`() throws {
    let names = ["R1", "R2", "X1", "X2", "X3", "X4", "S"]
    for (example, name) in try Golden("end_to_end")["ul2_objective6_purpose7_examples_0..19"].list.enumerated() {
      var stream = ExampleDraws(seed: 12345, objective: 6, epoch: 0, origin: 42, example: UInt32(example)).stream(.mode)
      #expect(names[stream.weighted([2, 2, 1, 1, 1, 1, 2])] == name.text)
    }
  }

  @Test func `The numbers of purposes are part of the output's definition`() {
    #expect(DrawPurpose.allCases.map(\.rawValue) == Array(0...14) + [31])
  }
}
