import Blocks
import Corpus
import Files

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Times a file to clean documents, on one core, and nothing else; or the taking off of its compression alone.
///
///     ReadingBenchmark FILE [--text FIELD] [--documents line|paragraph|file] [--unpack] [--repair]
///
/// Prints documents, bytes of text, and the processor's seconds.
@main struct ReadingBenchmark {
  static func main() throws {
    var arguments = CommandLine.arguments.dropFirst()
    guard let path = arguments.popFirst() else { throw Diagnostic("bench.usage", "ReadingBenchmark FILE [options]") }
    var options = InputOptions()
    var unpacks = false
    while let option = arguments.popFirst() {
      switch option {
      case "--text": options.text = InputOptions.fieldPath(arguments.popFirst() ?? "text")
      case "--documents": options.documents = .init(rawValue: arguments.popFirst() ?? "") ?? .paragraph
      case "--repair": options.onError = .repair
      case "--unpack": unpacks = true
      default: throw Diagnostic("bench.usage", "'\(option)' is no option")
      }
    }
    let start = processorSeconds()
    let (documents, bytes) = unpacks ? (0, try unpack(path)) : try read(path, options)
    let seconds = processorSeconds() - start
    print(#"{"documents": \#(documents), "bytes": \#(bytes), "seconds": \#(seconds)}"#)
  }

  private static func read(
    _ path: String, _ options: InputOptions
  ) throws(Diagnostic) -> (documents: Int, bytes: Int) {
    var (documents, bytes) = (0, 0)
    for file in try resolveInputs([path], options: options) {
      var cursor = try InputCursor(file)
      var block = DocumentBlock()
      while try cursor.nextBlock(into: &block) {
        documents += block.documents.count
        bytes += block.bytes.count
      }
    }
    return (documents, bytes)
  }

  private static func unpack(_ path: String) throws(Diagnostic) -> Int {
    let source = try openDecompressed(path, in: LocalFileSystem())
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 19, alignment: 64)
    defer { buffer.deallocate() }
    var total = 0
    while true {
      let count = try source.read(into: buffer)
      if count == 0 { return total }
      total += count
    }
  }

  /// User and system time of this process.
  private static func processorSeconds() -> Double {
    var usage = rusage()
    #if canImport(Darwin)
      getrusage(RUSAGE_SELF, &usage)
    #else
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    #endif
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }
}
