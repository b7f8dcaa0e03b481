/// How remote files are reached, and as whom. None of it is ever written anywhere or shown in a message.
public struct RemoteSettings: Sendable {
  /// Who asks, in requests to S3.
  public struct Credentials: Sendable {
    public var accessKeyID: String
    public var secretAccessKey: String
    public var sessionToken: String?

    public init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil) {
      self.accessKeyID = accessKeyID
      self.secretAccessKey = secretAccessKey
      self.sessionToken = sessionToken
    }
  }

  /// Nil: requests to S3 are not signed, which public buckets allow.
  public var credentials: Credentials?
  public var region = "us-east-1"
  /// Where S3 is when it is not Amazon's: `http://127.0.0.1:9000`. Buckets are then the first part of the path.
  public var endpoint: String?
  /// Attempts in a row that bring nothing before a request is given up.
  public var attempts = 6
  /// Wait before the second attempt; it doubles with each further one, up to `longestWaitMilliseconds`.
  public var firstWaitMilliseconds = 250
  public var longestWaitMilliseconds = 20_000
  public var connectTimeoutSeconds = 30
  /// A transfer that brings nothing for so long counts as dropped.
  public var stallTimeoutSeconds = 60

  public init() {}

  /// Takes what the environment says, under the names that all tools for S3 know.
  ///
  /// - Parameter environment: the value of a variable.
  public init(environment: (String) -> String?) {
    func value(_ names: String...) -> String? {
      for name in names { if let found = environment(name), !found.isEmpty { return found } }
      return nil
    }
    if let id = value("AWS_ACCESS_KEY_ID"), let secret = value("AWS_SECRET_ACCESS_KEY") {
      credentials = Credentials(accessKeyID: id, secretAccessKey: secret, sessionToken: value("AWS_SESSION_TOKEN"))
    }
    region = value("AWS_REGION", "AWS_DEFAULT_REGION") ?? region
    endpoint = value("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
    while endpoint?.hasSuffix("/") == true { endpoint?.removeLast() }
  }

  /// The wait after so many attempts that brought nothing, at least 1.
  func waitMilliseconds(afterFailure number: Int, asked seconds: Int?) -> Int {
    let doubled = number > 16 ? longestWaitMilliseconds : firstWaitMilliseconds << (number - 1)
    return min(max(doubled, (seconds ?? 0) * 1000), longestWaitMilliseconds)
  }
}
