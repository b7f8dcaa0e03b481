#if Network
  import Blocks

  /// Single requests, tried again while it may help.
  struct RemoteClient: Sendable {
    let settings: RemoteSettings

    /// A whole response.
    struct Response {
      var head: ResponseHead
      var body: [UInt8]
    }

    /// Responses of listings, and messages of errors, are small.
    static let longestBody = 16 << 20

    /// Asks, and asks again after failures that may pass.
    ///
    /// - Parameter path: what to call it in messages.
    /// - Throws: `remote.unreachable`, `remote.failed` when the last attempt failed, too. Any response that is no
    ///   transient failure is returned, whatever its status.
    func respond(
      to request: Request, isHead: Bool = false, longestBody: Int = RemoteClient.longestBody, path: String
    ) throws(Diagnostic) -> Response {
      var failures = 0
      while true {
        let problem: RemoteProblem
        switch attempt(request, isHead: isHead, longestBody: longestBody) {
        case .success(let response): return response
        case .failure(let failure): problem = failure
        }
        failures += 1
        try wait(after: problem, failures: failures, path: path)
      }
    }

    /// Waits as long as is right after so many failures in a row, or gives up.
    func wait(after problem: RemoteProblem, failures: Int, path: String) throws(Diagnostic) {
      guard problem.isTransient, failures < settings.attempts else {
        throw problem.diagnostic(path, attempts: failures)
      }
      Transfer.pause(
        milliseconds: settings.waitMilliseconds(afterFailure: failures, asked: problem.retryAfterSeconds))
    }

    private func attempt(
      _ request: Request, isHead: Bool, longestBody: Int
    ) -> Result<Response, RemoteProblem> {
      guard let transfer = Transfer(request, settings, isHead: isHead) else { return .failure(.noMemory) }
      if case .failed(let reason, let isTransient) = transfer.waitForHead() {
        return .failure(RemoteProblem(reason: reason, isTransient: isTransient))
      }
      var body: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      while body.count <= longestBody {
        let step = unsafe buffer.withUnsafeMutableBytes { unsafe transfer.read(into: $0) }
        switch step {
        case .bytes(let count): body += buffer[..<count]
        case .end:
          if transfer.head.isTransientFailure { return .failure(RemoteProblem(transfer.head, body)) }
          return .success(Response(head: transfer.head, body: body))
        case .failed(let reason, let isTransient):
          return .failure(RemoteProblem(reason: reason, isTransient: isTransient))
        }
      }
      return .failure(RemoteProblem(reason: "a response of more than \(longestBody) bytes", isTransient: false))
    }
  }
#endif
