import Blocks
import Objectives

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Times ids to examples and nothing else: one core, tokens in memory, processor time.
///
///     ObjectiveBenchmark [--tokens N] [--runs N] [NAME]
///
/// Prints for each objective nanoseconds a token (the median of the runs, and the fastest), tokens that went into
/// rows, and the XXH64 of the rows, so that two versions can be compared byte by byte. `NAME` picks the variants whose
/// line contains it.
@main struct ObjectiveBenchmark {
  static func main() throws {
    var (tokens, runs, name) = (1_000_000, 5, "")
    var arguments = CommandLine.arguments.dropFirst()
    while let argument = arguments.popFirst() {
      switch argument {
      case "--tokens": tokens = arguments.popFirst().flatMap { Int($0) } ?? tokens
      case "--runs": runs = max(1, arguments.popFirst().flatMap { Int($0) } ?? runs)
      default: name = argument
      }
    }
    let block = Text.block(tokens: tokens)
    print("ns/token  fastest     tokens  rows XXH64        objective")
    for variant in try Variant.all() where name.isEmpty || variant.name.contains(name) {
      try time(variant, over: block, runs: runs)
    }
  }

  private static func time(_ variant: Variant, over block: borrowing TokenBlock, runs: Int) throws {
    var batch = ExampleBatch(schema: variant.objective.schema)
    var scratch = ObjectiveScratch()
    let documents = Array(block.documents.indices)
    var (seconds, report, digest) = ([Double](), ExampleReport(), UInt64(0))
    // The first run grows the buffers and is not timed, as a worker's first block among many.
    for run in 0...runs {
      batch.removeAll()
      let start = processorSeconds()
      report = try variant.objective.appendExamples(
        of: block, documents: documents, seed: 17, epochs: 1, scratch: &scratch, to: &batch)
      if run > 0 { seconds.append(processorSeconds() - start) }
    }
    for buffer in batch.buffers { digest = Digest.xxh64(buffer.bytes, seed: digest) }
    seconds.sort()
    let perToken = seconds.map { $0 * 1e9 / Double(max(1, report.tokens)) }
    print(
      pad(decimal(perToken[perToken.count / 2]), 8), pad(decimal(perToken[0]), 8), pad("\(report.tokens)", 10),
      Digest.hex(digest), variant.name, separator: "  ")
  }

  private static func processorSeconds() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  private static func decimal(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }

  private static func pad(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
