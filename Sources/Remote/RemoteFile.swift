#if Network
  import Blocks
  import Files

  /// The content of an address, read in order: a connection that drops is taken up again where it was.
  ///
  /// The rest is asked for as a range, of the same content only: the entity tag, or the date where there is none, must
  /// be what it was.
  ///
  /// `@unchecked Sendable`: one owner reads in order; reads of ranges share nothing.
  final class RemoteFile: ReadableFile, @unchecked Sendable {
    let path: String
    private let client: RemoteClient
    private let request: Request
    /// Tells this content from another one; the date where there is no tag.
    private var tag: String?
    private var date: String?
    private var byteCount: Int?
    private var position = 0
    private var failures = 0
    private var transfer: Transfer?
    /// Bytes to pass over, where the server began at the start again.
    private var surplus = 0

    /// - Parameter known: what the address held when it was looked at; the content must still be the same.
    init(_ path: String, _ request: Request, known: FileStatus?, client: RemoteClient) {
      self.path = path
      self.request = request
      self.client = client
      tag = known?.version
      if let known, known.byteCount >= 0 { byteCount = known.byteCount }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(Diagnostic) -> Int {
      if unsafe buffer.isEmpty { return 0 }
      while true {
        let problem: RemoteProblem
        do throws(RemoteProblem) {
          let count = try unsafe takeSome(into: buffer)
          if count == 0, let byteCount, position < byteCount {
            throw RemoteProblem(
              reason: "the connection ended after \(position) of \(byteCount) bytes", isTransient: true)
          }
          if count > 0 { failures = 0 }
          return count
        } catch {
          problem = error
        }
        transfer = nil
        if let change = problem.change { throw RemoteProblem.changed(path, change, at: position) }
        failures += 1
        try client.wait(after: problem, failures: failures, path: path)
      }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(Diagnostic) -> Int {
      if unsafe buffer.isEmpty { return 0 }
      if let byteCount, offset >= byteCount { return 0 }
      var part = request
      part.range = "\(offset)-\(offset + buffer.count - 1)"
      part.headers += condition
      let response = try client.respond(to: part, longestBody: buffer.count, path: path)
      switch response.head.status {
      case 206 where response.head.range?.start == offset:
        let count = min(response.body.count, buffer.count)
        unsafe buffer.copyBytes(from: response.body.prefix(count))
        return count
      case 416: return 0
      case 412: throw RemoteProblem.changed(path, "another entity tag", at: offset)
      case 200, 206:
        throw Diagnostic(
          "remote.no-ranges", "the server gives no part of '\(path)'", at: SourceLocation(path: path, byte: offset),
          help: "download the file first: its format is read from several places")
      default: throw RemoteProblem(response.head, response.body).diagnostic(path, attempts: 1)
      }
    }

    private func takeSome(into buffer: UnsafeMutableRawBufferPointer) throws(RemoteProblem) -> Int {
      let transfer = try open()
      while true {
        switch unsafe transfer.read(into: buffer) {
        case .bytes(let count):
          let passed = min(count, surplus)
          surplus -= passed
          if passed == count { continue }
          if passed > 0 {
            unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[passed..<count]))
          }
          position += count - passed
          return count - passed
        case .end: return 0
        case .failed(let reason, let isTransient): throw RemoteProblem(reason: reason, isTransient: isTransient)
        }
      }
    }

    /// The transfer that goes on at `position`.
    private func open() throws(RemoteProblem) -> Transfer {
      if let transfer { return transfer }
      var rest = request
      if position > 0 { rest.range = "\(position)-" }
      rest.headers += condition
      guard let transfer = Transfer(rest, client.settings) else { throw .noMemory }
      if case .failed(let reason, let isTransient) = transfer.waitForHead() {
        throw RemoteProblem(reason: reason, isTransient: isTransient)
      }
      try check(transfer.head)
      self.transfer = transfer
      return transfer
    }

    private func check(_ head: ResponseHead) throws(RemoteProblem) {
      surplus = 0
      switch head.status {
      case 206:
        guard let range = head.range, range.start == position else {
          throw RemoteProblem(reason: "another part than the one that was asked for", isTransient: false)
        }
        if let byteCount, let total = range.total, total != byteCount { throw .change("\(total) bytes") }
      case 200:
        if let byteCount, let length = head.contentLength, length != byteCount { throw .change("\(length) bytes") }
        if position > 0, tag == nil, date == nil {
          throw RemoteProblem(
            reason: "the connection dropped, and the server says nothing by which the rest could be known",
            isTransient: false)
        }
        surplus = position
        if byteCount == nil { byteCount = head.contentLength }
      // All was read, only its end was not seen; or the content is shorter now.
      case 416: throw .change("no byte \(position)")
      case 412: throw .change("another entity tag")
      default: throw RemoteProblem(head, [])
      }
      if let tag, let found = head.entityTag, found != tag { throw .change("another entity tag") }
      if tag == nil, let date, let found = head.lastModified, found != date { throw .change("another date") }
      if tag == nil { tag = head.entityTag }
      if date == nil { date = head.lastModified }
    }

    /// Makes the server refuse another content. Weak tags are for caches: they cannot hold bytes together.
    private var condition: [String] {
      if let tag { return tag.hasPrefix("W/") ? [] : ["If-Match: \(tag)"] }
      if let date { return ["If-Unmodified-Since: \(date)"] }
      return []
    }
  }
#endif
