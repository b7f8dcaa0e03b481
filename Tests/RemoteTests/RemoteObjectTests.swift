import Blocks
import Corpus
import Files
import Testing

@testable import Remote

/// Addresses, and what buckets hold. (The checks with Python ask a whole S3 server, which proves signatures, too.)
@Suite struct RemoteObjectTests {
  @Test func `Addresses are told from paths and turned into URLs`() throws {
    for path in ["a.jsonl", "/a", "-", "http:/x", "c:/x", "s3:bucket"] { #expect(try RemoteAddress.parse(path) == nil) }
    var settings = RemoteSettings()
    func url(_ path: String) throws(Diagnostic) -> String? { try RemoteAddress.parse(path)?.url(settings) }
    #expect(try url("s3://b/a key/é+.zst") == "https://b.s3.us-east-1.amazonaws.com/a%20key/%C3%A9%2B.zst")
    #expect(try url("s3://b.c/k") == "https://s3.us-east-1.amazonaws.com/b.c/k")
    settings.endpoint = "http://localhost:9000"
    #expect(try url("s3://b/k") == "http://localhost:9000/b/k")
    #expect(try url("https://h/é?x=1#part") == "https://h/%C3%A9?x=1")
  }

  @Test(arguments: [
    "https://me:secret@host/a", "https://host/a?X-Amz-Signature=secret", "http://host/a?b=1&token=secret",
    "https://host/a?Sig=secret",
  ])
  func `An address with credentials is refused, and the message keeps them`(path: String) {
    let error = thrown { () throws(Diagnostic) in try resolveInputs([path], in: RemoteFileSystem()) }
    #expect(error?.code == "remote.credentials-in-address")
    #expect(error?.description.contains("secret") == false)
  }

  @Test(arguments: ["s3:///key", "http:///x", "https://host/a b", "s3://buck et/a"])
  func `What is no address is said so`(path: String) {
    #expect(thrown { () throws(Diagnostic) in try RemoteAddress.parse(path) }?.code == "remote.bad-address")
  }

  @Test func `Credentials and region come from what the environment says`() {
    let values = [
      "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "key", "AWS_DEFAULT_REGION": "eu-west-1",
      "AWS_ENDPOINT_URL": "http://localhost:1/", "AWS_REGION": "",
    ]
    let settings = RemoteSettings { values[$0] }
    #expect(settings.credentials?.accessKeyID == "id" && settings.credentials?.sessionToken == nil)
    #expect(settings.region == "eu-west-1" && settings.endpoint == "http://localhost:1")
    #expect(RemoteSettings { _ in nil }.credentials == nil)
  }

  @Test func `Waits double up to their limit, or last as long as the server asks`() {
    let settings = RemoteSettings()
    #expect((1...4).map { settings.waitMilliseconds(afterFailure: $0, asked: nil) } == [250, 500, 1000, 2000])
    #expect(settings.waitMilliseconds(afterFailure: 60, asked: nil) == 20_000)
    #expect(settings.waitMilliseconds(afterFailure: 1, asked: 7) == 7000)
    #expect(settings.waitMilliseconds(afterFailure: 1, asked: 3600) == 20_000)
  }

  @Test func `A bucket is listed page by page, its folders walked, its patterns matched`() throws {
    let server = try ScriptedServer { request, _ in
      func page(_ content: String) -> [UInt8] {
        let body = "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"s3\">\(content)</ListBucketResult>"
        return response("200 OK", ["Content-Length: \(body.utf8.count)"], Array(body.utf8))
      }
      func entry(_ key: String) -> String {
        "<Contents><Key>\(key)</Key><ETag>&quot;\(key)&quot;</ETag><Size>7</Size></Contents>"
      }
      let first = "/b?delimiter=%2F&encoding-type=url&list-type=2&max-keys="
      switch request.target.replacing("/b/?", with: "/b?") {
      case first + "1000&prefix=c%2F":
        return page(
          entry("c/") + entry("c/b%2B.jsonl") + entry("c/x.bin")
            + "<IsTruncated>true</IsTruncated><NextContinuationToken>n/2=</NextContinuationToken>")
      case "/b?continuation-token=n%2F2%3D&delimiter=%2F&encoding-type=url&list-type=2&max-keys=1000&prefix=c%2F":
        return page(
          entry("c/a.jsonl") + "<CommonPrefixes><Prefix>c/deep/</Prefix></CommonPrefixes>"
            + "<IsTruncated>false</IsTruncated>")
      case first + "1000&prefix=c%2Fdeep%2F": return page(entry("c/deep/z.txt"))
      case first + "1&prefix=c%2F": return page(entry("c/a.jsonl"))
      case first + "1000&prefix=": return page("<CommonPrefixes><Prefix>c/</Prefix></CommonPrefixes>")
      // Nothing below any other prefix, and no object of any other name.
      case let target where target.hasPrefix("/b?"): return page("")
      default: return response("404 Not Found", ["Content-Length: 0"])
      }
    }
    let system = RemoteFileTests.system(server)
    let files = try resolveInputs(["s3://b/c"], in: system)
    #expect(files.map(\.path) == ["s3://b/c/a.jsonl", "s3://b/c/b+.jsonl", "s3://b/c/deep/z.txt"])
    #expect(files.map(\.byteCount) == [7, 7, 7])
    #expect(files[0].version == "\"c/a.jsonl\"")
    #expect(try resolveInputs(["s3://b/c/*.jsonl"], in: system).count == 2)
    #expect(try resolveInputs(["s3://b/**/*.txt"], in: system).map(\.path) == ["s3://b/c/deep/z.txt"])
  }

  @Test func `Answers that are no listing, other regions and writes are refused`() throws {
    let strange = try ScriptedServer { _, _ in response("200 OK", ["Content-Length: 2"], Array("hi".utf8)) }
    let listing = thrown { () throws(Diagnostic) in try RemoteFileTests.system(strange).list("s3://b/c") }
    #expect(listing?.code == "remote.bad-listing")
    let moved = try ScriptedServer { _, _ in
      response("301 Moved", ["x-amz-bucket-region: eu-north-1", "Content-Length: 0"])
    }
    let region = thrown { () throws(Diagnostic) in try RemoteFileTests.system(moved).status(of: "s3://b/c") }
    #expect(region?.code == "remote.wrong-region" && region?.help == "set AWS_REGION=eu-north-1")
    let web = thrown { () throws(Diagnostic) in try RemoteFileSystem().list("http://h/a") }
    #expect(web?.code == "remote.no-listing")
    let written = thrown { () throws(Diagnostic) in try RemoteFileSystem().remove("s3://b/c") }
    #expect(written?.code == "remote.read-only")
  }
}
