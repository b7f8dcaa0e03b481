import Blocks
import Tokenization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Times text to ids and nothing else: reading is done before, checksums are taken between.
///
///     EncodingBenchmark TOKENIZER.json TEXT [--separator BYTES] [--threads N] [--passes N] [--reference] [--small]
///
/// The text is cut into documents at every separator, and the documents into blocks as a build cuts them. The first
/// pass begins with an empty cache; each thread has its own blocks and its own scratch. The checksum is
/// Σ id · (position + 1) modulo 2^64, with positions counted through all documents.
@main struct EncodingBenchmark {
  static let blockByteCount = 8 << 20

  static func main() throws {
    let options = try Options(CommandLine.arguments.dropFirst())
    let json = try readFile(options.tokenizerPath)
    let loadStart = Stopwatch()
    let tokenizer = try Tokenizer(json: json, path: options.tokenizerPath)
    let load = loadStart.elapsed()
    let text = try readFile(options.textPath)
    let documents = cut(text, at: Array(options.separator.utf8))
    let workers = share(documents, among: options.threads).map { Worker(tokenizer, text, $0) }
    if options.isSmall { return report(small(tokenizer, text, documents), load, text.count, options) }
    var passes: [Pass] = []
    for _ in 0..<options.passes {
      let start = Stopwatch()
      run(workers, usingReference: options.usesReference)
      var pass = Pass(time: start.elapsed(), tokenCount: 0, checksum: 0)
      for worker in workers {
        let before = UInt64(pass.tokenCount)
        pass.checksum &+= worker.checksum &+ before &* worker.idSum
        pass.tokenCount += worker.tokenCount
        if options.threads == 1 { pass.time = worker.time }
      }
      passes.append(pass)
    }
    report(passes, load, text.count, options)
  }

  /// Each document by itself with a fresh scratch, as a caller with a few texts does it.
  private static func small(_ tokenizer: Tokenizer, _ text: [UInt8], _ documents: [Range<Int>]) -> [Pass] {
    let texts = documents.map { String(decoding: text[$0], as: UTF8.self) }
    let start = Stopwatch()
    let tokenCount = texts.reduce(0) { $0 + tokenizer.encode($1).count }
    return [Pass(time: start.elapsed(), tokenCount: tokenCount, checksum: 0)]
  }

  private static func cut(_ text: [UInt8], at separator: [UInt8]) -> [Range<Int>] {
    guard let first = separator.first else { return [0..<text.count] }
    var documents: [Range<Int>] = []
    var start = 0
    var offset = 0
    while offset + separator.count <= text.count {
      if text[offset] == first, text[offset..<offset + separator.count].elementsEqual(separator) {
        documents.append(start..<offset)
        offset += separator.count
        start = offset
      } else {
        offset += 1
      }
    }
    documents.append(start..<text.count)
    return documents
  }

  /// Runs of documents of about the same number of bytes.
  private static func share(_ documents: [Range<Int>], among count: Int) -> [[Range<Int>]] {
    let total = documents.reduce(0) { $0 + $1.count }
    var shares = [[Range<Int>]](repeating: [], count: count)
    var before = 0
    for document in documents {
      shares[min(count - 1, before * count / max(1, total))].append(document)
      before += document.count
    }
    return shares
  }

  private static func run(_ workers: [Worker], usingReference: Bool) {
    if workers.count == 1 { return workers[0].run(usingReference: usingReference) }
    var threads: [pthread_t] = []
    for worker in workers {
      worker.usesReference = usingReference
      var thread = pthread_t()
      let argument = Unmanaged.passUnretained(worker).toOpaque()
      let status = pthread_create(
        &thread, nil,
        { argument in
          let worker = argument.map { Unmanaged<Worker>.fromOpaque($0).takeUnretainedValue() }
          worker?.run(usingReference: worker?.usesReference ?? false)
          return nil
        }, argument)
      precondition(status == 0, "no thread to be had")
      threads.append(thread)
    }
    for thread in threads { pthread_join(thread, nil) }
  }

  private static func report(_ passes: [Pass], _ load: Time, _ byteCount: Int, _ options: Options) {
    let lines = passes.map { pass in
      "{\"wall\": \(pass.time.wall), \"cpu\": \(pass.time.cpu), \"system\": \(pass.time.system), "
        + "\"tokens\": \(pass.tokenCount), \"checksum\": \(pass.checksum)}"
    }
    print(
      "{\"load\": {\"wall\": \(load.wall), \"cpu\": \(load.cpu)}, \"bytes\": \(byteCount), "
        + "\"threads\": \(options.threads), \"passes\": [\(lines.joined(separator: ", "))]}")
  }
}

/// One pass over all documents.
struct Pass {
  var time: Time
  var tokenCount: Int
  var checksum: UInt64
}
