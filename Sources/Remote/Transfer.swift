#if Network
  import CCurl

  /// One request and its response, taken as they come: each call waits only as long as it has nothing to give.
  ///
  /// While nobody asks for more than it holds, the connection waits, too: the memory is `mostHeldByteCount`.
  @safe
  final class Transfer {
    enum Step: Equatable {
      case bytes(Int)
      case end
      /// The connection or the other side failed. `isTransient`: another attempt may do better.
      case failed(String, isTransient: Bool)
    }

    private let easy: UnsafeMutableRawPointer
    private let multi: UnsafeMutableRawPointer
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private var held: [UInt8] = []
    private var taken = 0
    private var isPaused = false
    private var outcome: Step?
    private(set) var head = ResponseHead()

    private static let mostHeldByteCount = 1 << 20
    private static let start: Void = palimpsest_curl_start()

    /// Prepares a request.
    ///
    /// - Parameter isHead: asks for the head of the response alone.
    /// - Returns: nil when there is no memory for it.
    init?(_ request: Request, _ settings: RemoteSettings, isHead: Bool = false) {
      _ = Self.start
      guard let easy = unsafe curl_easy_init(), let multi = unsafe curl_multi_init() else { return nil }
      (unsafe self.easy, unsafe self.multi) = (unsafe easy, unsafe multi)
      number(CURLOPT_NOSIGNAL, 1)
      number(CURLOPT_CONNECTTIMEOUT, settings.connectTimeoutSeconds)
      number(CURLOPT_LOW_SPEED_LIMIT, 1)
      number(CURLOPT_LOW_SPEED_TIME, settings.stallTimeoutSeconds)
      number(CURLOPT_PATH_AS_IS, 1)
      number(CURLOPT_BUFFERSIZE, 1 << 18)
      if isHead { number(CURLOPT_NOBODY, 1) }
      text(CURLOPT_USERAGENT, "palimpsest")
      text(CURLOPT_URL, request.url)
      text(CURLOPT_PROTOCOLS_STR, "http,https")
      if request.isToS3 {
        sign(settings)
      } else {
        number(CURLOPT_FOLLOWLOCATION, 1)
        number(CURLOPT_MAXREDIRS, 10)
        text(CURLOPT_REDIR_PROTOCOLS_STR, request.url.lowercased().hasPrefix("https") ? "https" : "http,https")
      }
      if let range = request.range { text(CURLOPT_RANGE, range) }
      for header in request.headers { append(header) }
      if unsafe headerList != nil { unsafe palimpsest_curl_set_list(easy, CURLOPT_HTTPHEADER, headerList) }
      head.followsRedirects = !request.isToS3
      let this = unsafe Unmanaged.passUnretained(self).toOpaque()
      unsafe palimpsest_curl_set_callback(
        easy, CURLOPT_WRITEFUNCTION,
        { bytes, size, count, transfer in
          unsafe Transfer.from(transfer).hold(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }, CURLOPT_WRITEDATA, this)
      unsafe palimpsest_curl_set_callback(
        easy, CURLOPT_HEADERFUNCTION,
        { bytes, size, count, transfer in
          let line = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
          unsafe Transfer.from(transfer).head.add(line: String(decoding: line, as: UTF8.self))
          return size * count
        }, CURLOPT_HEADERDATA, this)
      unsafe curl_multi_add_handle(multi, easy)
    }

    deinit {
      unsafe curl_multi_remove_handle(multi, easy)
      unsafe curl_easy_cleanup(easy)
      unsafe curl_multi_cleanup(multi)
      unsafe curl_slist_free_all(headerList)
    }

    /// Waits for the head of the response; nil when it has come.
    func waitForHead() -> Step? {
      while !head.isComplete, outcome == nil { work() }
      if case .failed = outcome { return head.isComplete ? nil : outcome }
      return nil
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Step {
      if unsafe buffer.isEmpty { return .bytes(0) }
      while taken == held.count {
        if let outcome { return outcome }
        work()
      }
      let count = min(buffer.count, held.count - taken)
      unsafe buffer.copyBytes(from: held[taken..<taken + count])
      taken += count
      return .bytes(count)
    }

    /// Waits for so long without doing anything.
    static func pause(milliseconds: Int) {
      guard let multi = unsafe curl_multi_init() else { return }
      unsafe curl_multi_poll(multi, nil, 0, Int32(clamping: milliseconds), nil)
      unsafe curl_multi_cleanup(multi)
    }

    private func work() {
      if taken == held.count {
        held.removeAll(keepingCapacity: true)
        taken = 0
        if isPaused {
          isPaused = false
          unsafe curl_easy_pause(easy, CURLPAUSE_CONT)
        }
      }
      var running: Int32 = 0
      unsafe curl_multi_perform(multi, &running)
      var result = CURLE_OK
      if unsafe palimpsest_curl_ended(multi, &result) != 0 {
        head.status = unsafe palimpsest_curl_response_code(easy)
        head.isComplete = result == CURLE_OK || head.isComplete
        let reason = unsafe String(cString: curl_easy_strerror(result))
        outcome = result == CURLE_OK ? .end : .failed(reason, isTransient: Self.isTransient(result))
      } else if taken == held.count, running > 0 {
        unsafe curl_multi_poll(multi, nil, 0, 1000, nil)
      }
    }

    private func hold(_ bytes: UnsafeRawBufferPointer) -> Int {
      if held.count - taken > Self.mostHeldByteCount {
        isPaused = true
        return palimpsest_curl_pause
      }
      unsafe held.append(contentsOf: bytes)
      return bytes.count
    }

    private func sign(_ settings: RemoteSettings) {
      guard let credentials = settings.credentials else { return }
      text(CURLOPT_AWS_SIGV4, "aws:amz:\(settings.region):s3")
      text(CURLOPT_USERNAME, credentials.accessKeyID)
      text(CURLOPT_PASSWORD, credentials.secretAccessKey)
      append("x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
      if let token = credentials.sessionToken { append("x-amz-security-token: \(token)") }
    }

    private func append(_ header: String) { unsafe headerList = curl_slist_append(headerList, header) }

    private func number(_ option: CURLoption, _ value: Int) {
      unsafe palimpsest_curl_set_number(easy, option, value)
    }

    private func text(_ option: CURLoption, _ value: String) { unsafe palimpsest_curl_set_text(easy, option, value) }

    private static func from(_ pointer: UnsafeMutableRawPointer?) -> Transfer {
      guard let pointer = unsafe pointer else { preconditionFailure("a transfer stands behind each callback") }
      return unsafe Unmanaged<Transfer>.fromOpaque(pointer).takeUnretainedValue()
    }

    private static func isTransient(_ result: CURLcode) -> Bool {
      [
        CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_OPERATION_TIMEDOUT, CURLE_PARTIAL_FILE,
        CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_SSL_CONNECT_ERROR, CURLE_HTTP2,
        CURLE_HTTP2_STREAM, CURLE_WEIRD_SERVER_REPLY,
      ].contains(result)
    }
  }
#endif
