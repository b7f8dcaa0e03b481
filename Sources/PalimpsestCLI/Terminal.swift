import Palimpsest

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Standard output and error, and what kind of terminal they are. The only place that prints or reads the environment.
enum Terminal {
  /// Writes data: whole lines to standard output. A reader that went away (`| head`) ends the program quietly.
  static func print(_ text: String) {
    write(text.hasSuffix("\n") ? text : text + "\n", to: STDOUT_FILENO)
  }

  /// Writes bytes to standard output.
  static func write(_ bytes: Span<UInt8>) { write(bytes, to: STDOUT_FILENO) }

  /// Writes messages: everything that is not data goes to standard error.
  static func printError(_ text: String) {
    write(text.hasSuffix("\n") ? text : text + "\n", to: STDERR_FILENO)
  }

  /// Writes a part of a line to standard error, for progress.
  static func printProgress(_ text: String) { write(text, to: STDERR_FILENO) }

  static var isOutputTerminal: Bool { isatty(STDOUT_FILENO) != 0 }
  static var isErrorTerminal: Bool { isatty(STDERR_FILENO) != 0 }

  /// Columns of the terminal; 100 where there is none.
  static var width: Int {
    var size = winsize()
    guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 100 }
    return Int(size.ws_col)
  }

  /// The value of an environment variable, or nil.
  static func environment(_ name: String) -> String? {
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }

  /// Prints a diagnostic and ends with the status that fits it.
  static func fail(_ diagnostic: Diagnostic) -> Never {
    printError(diagnostic.description)
    if diagnostic.code == "build.interrupted" { endAsInterrupted() }
    exit(.failed)
  }

  static func exit(_ status: ExitStatus) -> Never {
    #if canImport(Darwin)
      Darwin.exit(status.rawValue)
    #elseif canImport(Musl)
      Musl.exit(status.rawValue)
    #else
      Glibc.exit(status.rawValue)
    #endif
  }

  /// A write to a closed pipe returns an error instead of killing the program, so that files are cleaned up.
  static func ignoreClosedPipes() { signal(SIGPIPE, SIG_IGN) }

  /// The first Ctrl-C (or termination request) asks for a stop at a block's end; the second stops at once.
  static func stopOnInterrupt(_ cancellation: Cancellation) {
    unsafe interruptTarget = Unmanaged.passRetained(cancellation).toOpaque()
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        guard let target = unsafe interruptTarget else { return }
        let cancellation = unsafe Unmanaged<Cancellation>.fromOpaque(target).takeUnretainedValue()
        if cancellation.isRequested {
          signal(number, SIG_DFL)
          raise(number)
        }
        cancellation.request()
        let note: StaticString = "\nstopping after the blocks at hand (once more to stop at once)\n"
        _ = note.withUTF8Buffer { unsafe systemWrite(STDERR_FILENO, $0.baseAddress, $0.count) }
      }
    }
  }

  /// Ends the way a shell expects of an interrupted program: by the signal itself.
  private static func endAsInterrupted() -> Never {
    signal(SIGINT, SIG_DFL)
    raise(SIGINT)
    exit(.interrupted)
  }

  private static func write(_ text: String, to descriptor: Int32) {
    write(Array(text.utf8).span, to: descriptor)
  }

  private static func write(_ bytes: Span<UInt8>, to descriptor: Int32) {
    unsafe bytes.withUnsafeBytes { bytes in
      var done = 0
      while done < bytes.count {
        let count = unsafe systemWrite(descriptor, bytes.baseAddress.unsafelyUnwrapped + done, bytes.count - done)
        if count > 0 {
          done += count
        } else if errno == EPIPE {
          exit(.done)
        } else if errno != EINTR {
          exit(.failed)
        }
      }
    }
  }
}

/// The system's `write`, under a name that `Terminal.write` does not hide.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  unsafe write(descriptor, bytes, count)
}

/// What the signal handler sets. `nonisolated(unsafe)`: written once, before the handler is installed.
nonisolated(unsafe) private var interruptTarget: UnsafeMutableRawPointer?
