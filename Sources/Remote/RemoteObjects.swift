import Blocks
import Files

#if Network
  /// What is at addresses: the questions of a file system, asked over the network.
  struct RemoteObjects {
    private let client: RemoteClient

    init(_ settings: RemoteSettings) { client = RemoteClient(settings: settings) }

    func status(of address: RemoteAddress, _ path: String) throws(Diagnostic) -> FileStatus? {
      guard case .object(let bucket, let key) = address else { return try head(address, path) }
      if !key.isEmpty, !key.hasSuffix("/"), let status = try head(address, path) { return status }
      let prefix = key.isEmpty || key.hasSuffix("/") ? key : key + "/"
      let page = try page(bucket, prefix: prefix, continuation: nil, most: 1, path)
      let isThere = key.isEmpty || !page.objects.isEmpty || !page.folders.isEmpty
      return isThere ? FileStatus(byteCount: 0, kind: .directory) : nil
    }

    func list(_ address: RemoteAddress, _ path: String) throws(Diagnostic) -> [(name: String, status: FileStatus)] {
      guard case .object(let bucket, let key) = address else {
        throw Diagnostic(
          "remote.no-listing", "what lies below '\(path)' cannot be listed", at: SourceLocation(path: path),
          expected: "a file's address, or s3://bucket/folder",
          help: "write the addresses into a file, one a line, and name it: input: {list: addresses.txt}")
      }
      let prefix = key.isEmpty || key.hasSuffix("/") ? key : key + "/"
      var entries: [String: FileStatus] = [:]
      var continuation: String?
      repeat {
        let page = try page(bucket, prefix: prefix, continuation: continuation, most: 1000, path)
        for folder in page.folders where entries[folder] == nil {
          entries[folder] = FileStatus(byteCount: 0, kind: .directory)
        }
        // An object hides a folder of its name: no path could tell them apart.
        for object in page.objects {
          entries[object.name] = FileStatus(byteCount: object.byteCount, kind: .file, version: object.entityTag)
        }
        continuation = page.continuation
      } while continuation != nil
      return entries.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { ($0.key, $0.value) }
    }

    func open(_ address: RemoteAddress, _ path: String, known: FileStatus?) throws(Diagnostic) -> any ReadableFile {
      RemoteFile(path, request(address), known: known?.kind == .file ? known : nil, client: client)
    }

    private func request(_ address: RemoteAddress) -> Request {
      Request(url: address.url(client.settings), isToS3: address.isObject)
    }

    /// Size and tag of one file; nil when it is not there.
    private func head(_ address: RemoteAddress, _ path: String) throws(Diagnostic) -> FileStatus? {
      var head = try client.respond(to: request(address), isHead: true, path: path).head
      var byteCount = head.contentLength
      if !address.isObject, [400, 403, 405, 501].contains(head.status) {
        // Some servers answer nothing but GET.
        var first = request(address)
        first.range = "0-0"
        head = try client.respond(to: first, path: path).head
        byteCount = head.range?.total ?? (head.status == 200 ? head.contentLength : nil)
      }
      switch head.status {
      case 200, 206:
        return FileStatus(
          byteCount: byteCount ?? -1, kind: byteCount == nil ? .other : .file, version: head.entityTag)
      case 404, 410: return nil
      default: throw RemoteProblem(head, []).diagnostic(path, attempts: 1)
      }
    }

    private func page(
      _ bucket: String, prefix: String, continuation: String?, most: Int, _ path: String
    ) throws(Diagnostic) -> ObjectListing {
      var request = request(.object(bucket: bucket, key: ""))
      request.url += "?" + ObjectListing.query(prefix: prefix, continuation: continuation, most: most)
      let response = try client.respond(to: request, path: path)
      guard response.head.status == 200 else {
        throw RemoteProblem(response.head, response.body).diagnostic(path, attempts: 1)
      }
      return try ObjectListing(response.body, prefix: prefix, path: path)
    }
  }
#else
  /// Stands for the network in a program that was built without it.
  struct RemoteObjects {
    init(_ settings: RemoteSettings) {}

    func status(of address: RemoteAddress, _ path: String) throws(Diagnostic) -> FileStatus? { throw leftOut(path) }

    func list(_ address: RemoteAddress, _ path: String) throws(Diagnostic) -> [(name: String, status: FileStatus)] {
      throw leftOut(path)
    }

    func open(_ address: RemoteAddress, _ path: String, known: FileStatus?) throws(Diagnostic) -> any ReadableFile {
      throw leftOut(path)
    }

    private func leftOut(_ path: String) -> Diagnostic {
      Diagnostic(
        "remote.left-out", "'\(path)' is on the network, and this program was built without it",
        at: SourceLocation(path: path),
        help: "build it with the trait Network (on Debian, `apt install libcurl4-openssl-dev`), or download the file")
    }
  }
#endif
