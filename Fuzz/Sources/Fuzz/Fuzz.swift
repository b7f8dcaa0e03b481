/// Fuzz READER [what libFuzzer takes: flags, and folders of inputs, the first of which grows]
///
/// libFuzzer brings `main` and calls these two. An input that breaks a law, a memory rule or a time limit is written to
/// a file; `Fuzz READER FILE` reads it again.
enum Fuzz {
  /// The reader that this process tests.
  static let target: Target = {
    let arguments = CommandLine.arguments
    guard arguments.count > 1, let found = Target.all.first(where: { $0.name == arguments[1] }) else {
      fatalError("usage: Fuzz READER [flags] [folders], READER one of \(Target.all.map(\.name))")
    }
    return found
  }()
}

/// Takes the reader's name out of the arguments, which would be a folder to libFuzzer.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> Int32 {
  _ = Fuzz.target
  for index in 1..<Int(count.pointee) { arguments.pointee[index] = arguments.pointee[index + 1] }
  count.pointee -= 1
  return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  Fuzz.target.test(Array(UnsafeBufferPointer(start: data, count: count)))
  return 0
}
