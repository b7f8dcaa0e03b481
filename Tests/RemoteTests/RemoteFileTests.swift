import Blocks
import Corpus
import Files
import Remote
import Testing

/// Reading over connections that fail in every way.
@Suite struct RemoteFileTests {
  private static let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }

  /// Waits that a test can wait for.
  static func system(_ server: ScriptedServer? = nil, attempts: Int = 4) -> RemoteFileSystem {
    var settings = RemoteSettings()
    settings.attempts = attempts
    settings.firstWaitMilliseconds = 1
    settings.longestWaitMilliseconds = 5
    settings.stallTimeoutSeconds = 5
    settings.endpoint = server?.url
    return RemoteFileSystem(settings: settings)
  }

  /// The content from where the request asks, cut off after `limit` bytes.
  private static func part(
    of request: ScriptedServer.Request, tag: String? = "\"v1\"", limit: Int = .max
  ) -> [UInt8] {
    let start = request.start ?? 0
    let rest = content[start...]
    var headers = ["Content-Length: \(rest.count)"]
    if let tag { headers.append("ETag: \(tag)") }
    if request.headers["range"] != nil {
      headers.append("Content-Range: bytes \(start)-\(content.count - 1)/\(content.count)")
    }
    let body = request.method == "HEAD" ? [] : Array(rest.prefix(limit))
    return response(request.headers["range"] == nil ? "200 OK" : "206 Partial Content", headers, body)
  }

  @Test func `A dropped connection is taken up again at the next byte, of the same content`() throws {
    let server = try ScriptedServer { request, _ in Self.part(of: request, limit: 90_000) }
    #expect(try Self.system().readAll(server.url + "/a.bin") == Self.content)
    #expect(server.requests.map(\.start) == [nil, nil, 90_000, 180_000, 270_000])
    #expect(server.requests.dropFirst(2).allSatisfy { $0.headers["if-match"] == "\"v1\"" })
  }

  @Test func `A server without ranges is read again from the start, and what is known passed over`() throws {
    let server = try ScriptedServer { request, number in
      var whole = request
      whole.headers["range"] = nil
      return Self.part(of: whole, limit: number < 4 ? 70_000 * number : .max)
    }
    #expect(try Self.system().readAll(server.url + "/a.bin") == Self.content)
  }

  @Test func `Another content is an error and never a mixture`() throws {
    let changed = try ScriptedServer { request, number in
      Self.part(of: request, tag: number < 2 ? "\"v1\"" : "\"v2\"", limit: 90_000)
    }
    let refused = try ScriptedServer { request, number in
      number < 2 ? Self.part(of: request, limit: 90_000) : response("412 Precondition Failed", ["Content-Length: 0"])
    }
    for server in [changed, refused] {
      let error = try #require(thrown { () throws(Diagnostic) in try Self.system().readAll(server.url + "/a.bin") })
      #expect(
        error.description == """
          error[remote.changed]: '\(server.url)/a.bin' was changed while it was read
            at        \(server.url)/a.bin: byte 90000
            found     another entity tag
            help      run the command again when nothing writes to it any more
          """)
    }
  }

  @Test func `Without a tag or a date the rest cannot be known`() throws {
    let server = try ScriptedServer { request, number in
      number < 2
        ? Self.part(of: request, tag: nil, limit: 90_000)
        : Self.part(of: .init(method: "GET", target: "/", headers: [:]), tag: nil)
    }
    let error = thrown { () throws(Diagnostic) in try Self.system().readAll(server.url + "/a.bin") }
    #expect(error?.code == "remote.unreachable")
    #expect(error?.found?.hasPrefix("the connection dropped, and the server says nothing") == true)
  }

  @Test func `Failures that may pass are tried again, and others are not`() throws {
    let busy = try ScriptedServer { request, number in
      number % 3 < 2 ? response("503 Slow Down", ["Content-Length: 0"]) : Self.part(of: request)
    }
    #expect(try Self.system().readAll(busy.url + "/a.bin") == Self.content)
    let down = try ScriptedServer { _, _ in response("500 Oops", ["Content-Length: 0"]) }
    let error = try #require(thrown { () throws(Diagnostic) in try Self.system().readAll(down.url + "/a") })
    #expect(
      error.description == """
        error[remote.failed]: the server failed to give '\(down.url)/a'
          at        \(down.url)/a
          found     status 500, after 4 attempts
          help      run the same command again later: it goes on from there
        """)
    #expect(down.requests.count == 4)
    let shut = try ScriptedServer { _, _ in response("403 Forbidden", ["Content-Length: 0"]) }
    #expect(thrown { () throws(Diagnostic) in try Self.system().readAll(shut.url + "/a") }?.code == "remote.refused")
    let gone = try ScriptedServer { _, _ in response("404 Not Found", ["Content-Length: 0"]) }
    #expect(thrown { () throws(Diagnostic) in try Self.system().readAll(gone.url + "/a") }?.code == "remote.not-found")
    #expect(try Self.system().status(of: gone.url + "/a") == nil)
  }

  @Test func `Nobody at home is said so`() throws {
    let error = thrown { () throws(Diagnostic) in try Self.system(attempts: 2).status(of: "http://127.0.0.1:9/a") }
    #expect(error?.code == "remote.unreachable")
    #expect(error?.found?.hasSuffix("after 2 attempts") == true)
  }

  @Test func `A part is read from where it lies`() throws {
    let server = try ScriptedServer { request, _ in
      let range = (request.headers["range"] ?? "").dropFirst(6).split(separator: "-").compactMap { Int($0) }
      guard range.count == 2 else { return Self.part(of: request) }
      let end = min(range[1], Self.content.count - 1)
      return response(
        "206 Partial Content",
        ["Content-Length: \(end - range[0] + 1)", "Content-Range: bytes \(range[0])-\(end)/\(Self.content.count)"],
        Array(Self.content[range[0]...end]))
    }
    let system = Self.system()
    #expect(try system.status(of: server.url + "/a")?.byteCount == Self.content.count)
    let file = try system.openForReading(server.url + "/a")
    #expect(try part(of: file, at: 299_500) == Array(Self.content[299_500...]))
    #expect(try part(of: file, at: 300_000).isEmpty)
    let whole = try ScriptedServer { request, _ in
      Self.part(of: .init(method: request.method, target: "/", headers: [:]))
    }
    let other = try system.openForReading(whole.url + "/a")
    let error = thrown { () throws(Diagnostic) in try part(of: other, at: 5) }
    #expect(error?.code == "remote.no-ranges" || error?.code == "remote.unreachable")
  }

  /// A thousand bytes, or as many as there are.
  private func part(of file: any ReadableFile, at offset: Int) throws(Diagnostic) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 1000)
    var span = bytes.mutableSpan
    let count = try unsafe span.withUnsafeMutableBytes { raw throws(Diagnostic) in
      try unsafe file.read(into: raw, at: offset)
    }
    return Array(bytes[..<count])
  }

  @Test func `A redirection is followed, and documents are read as from disk`() throws {
    let lines = Array("{\"text\":\"one\"}\n{\"text\":\"two\"}\n".utf8)
    let server = try ScriptedServer { request, _ in
      if request.target == "/old.jsonl" {
        return response("302 Found", ["Location: /new.jsonl", "Content-Length: 3"], Array("no!".utf8))
      }
      return response("200 OK", ["Content-Length: \(lines.count)"], request.method == "HEAD" ? [] : lines)
    }
    let files = try resolveInputs([server.url + "/old.jsonl"], in: Self.system())
    #expect(files.map(\.byteCount) == [lines.count])
    var cursor = try InputCursor(files[0], in: Self.system())
    var block = DocumentBlock()
    #expect(try cursor.nextBlock(into: &block))
    #expect(block.documents.map { block.text(of: $0) } == ["one", "two"])
  }
}

/// What `body` throws; nil when it throws nothing.
func thrown<R>(_ body: () throws(Diagnostic) -> R) -> Diagnostic? {
  do throws(Diagnostic) {
    _ = try body()
    return nil
  } catch {
    return error
  }
}
