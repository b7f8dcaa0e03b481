#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What was asked for on the command line.
struct Options {
  var tokenizerPath = ""
  var textPath = ""
  var separator = "\n"
  var threads = 1
  var passes = 3
  var usesReference = false
  var isSmall = false

  struct Problem: Error {
    let message: String
  }

  init(_ arguments: some Sequence<String>) throws {
    var paths: [String] = []
    var iterator = arguments.makeIterator()
    func value(of option: String) throws -> String {
      guard let value = iterator.next() else { throw Problem(message: "\(option) needs a value") }
      return value
    }
    func count(of option: String) throws -> Int {
      guard let count = Int(try value(of: option)), count > 0 else { throw Problem(message: "\(option) needs a count") }
      return count
    }
    while let argument = iterator.next() {
      switch argument {
      case "--separator": separator = try value(of: argument)
      case "--threads": threads = try count(of: argument)
      case "--passes": passes = try count(of: argument)
      case "--reference": usesReference = true
      case "--small": isSmall = true
      default: paths.append(argument)
      }
    }
    guard paths.count == 2 else { throw Problem(message: "a tokenizer.json and a text, please") }
    (tokenizerPath, textPath) = (paths[0], paths[1])
  }
}

/// Seconds on the wall, and of this process's threads together.
struct Time {
  var wall: Double
  var cpu: Double
  /// The part of `cpu` that the system took, for page faults above all; counted in coarser steps.
  var system: Double

  static let zero = Time(wall: 0, cpu: 0, system: 0)

  static func + (left: Time, right: Time) -> Time {
    Time(wall: left.wall + right.wall, cpu: left.cpu + right.cpu, system: left.system + right.system)
  }
}

struct Stopwatch {
  /// `RUSAGE_SELF`, which is an enumeration in some C libraries.
  private static let ownProcess: Int32 = 0

  private let start = Stopwatch.now()

  func elapsed() -> Time {
    let now = Stopwatch.now()
    return Time(wall: now.wall - start.wall, cpu: now.cpu - start.cpu, system: now.system - start.system)
  }

  private static func now() -> Time {
    var usage = rusage()
    getrusage(Self.ownProcess, &usage)
    let system = Double(usage.ru_stime.tv_sec) + Double(usage.ru_stime.tv_usec) / 1e6
    return Time(wall: seconds(CLOCK_MONOTONIC), cpu: seconds(CLOCK_PROCESS_CPUTIME_ID), system: system)
  }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

/// The bytes of a file.
func readFile(_ path: String) throws -> [UInt8] {
  guard let file = fopen(path, "rb") else { throw Options.Problem(message: "cannot open \(path)") }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var count = 1
  while count > 0 {
    let room = 1 << 22
    bytes.reserveCapacity(bytes.count + room)
    let piece = [UInt8](unsafeUninitializedCapacity: room) { buffer, initialized in
      initialized = fread(buffer.baseAddress, 1, room, file)
    }
    count = piece.count
    bytes.append(contentsOf: piece)
  }
  return bytes
}
