/// How the program ended, for scripts.
enum ExitStatus: Int32, Error {
  case done = 0
  case failed = 1
  /// The command line could not be understood.
  case usage = 2
  /// The data failed a check.
  case checkFailed = 3
  /// Stopped by the user; run again to go on.
  case interrupted = 130
}
