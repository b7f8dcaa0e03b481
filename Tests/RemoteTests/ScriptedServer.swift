import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A web server on this machine that answers each connection with what a closure says, and then hangs up: whatever a
/// server can do wrong, written out byte by byte.
///
/// `@unchecked Sendable`: the socket is opened in `init` and closed in `deinit`; requests lie behind a lock.
final class ScriptedServer: @unchecked Sendable {
  struct Request: Sendable {
    var method: String
    var target: String
    /// Names in small letters.
    var headers: [String: String]

    /// First byte asked for.
    var start: Int? { headers["range"].flatMap { Int($0.dropFirst(6).split(separator: "-").first ?? "") } }
  }

  let port: Int
  private let socketNumber: Int32
  private let seen = Mutex<[Request]>([])
  private let answer: @Sendable (Request, Int) -> [UInt8]

  var requests: [Request] { seen.withLock { $0 } }
  var url: String { "http://127.0.0.1:\(port)" }

  /// - Parameter answer: the bytes to send for a request and its number, head and all.
  init(_ answer: @escaping @Sendable (Request, Int) -> [UInt8]) throws {
    self.answer = answer
    #if canImport(Glibc)
      socketNumber = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      socketNumber = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let number = socketNumber
    let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        unsafe bind(number, pointer, length) == 0 && listen(number, 16) == 0
          && getsockname(number, pointer, &length) == 0
      }
    }
    guard bound else { throw POSIXError(.EADDRNOTAVAIL) }
    port = Int(UInt16(bigEndian: address.sin_port))
    let thread = Thread { [weak self] in
      while true {
        let connection = accept(number, nil, nil)
        if connection < 0 { return }
        guard let self else {
          close(connection)
          return
        }
        self.serve(connection)
      }
    }
    thread.start()
  }

  deinit {
    shutdown(socketNumber, Int32(SHUT_RDWR))
    close(socketNumber)
  }

  private func serve(_ connection: Int32) {
    defer { close(connection) }
    var text = ""
    var buffer = [UInt8](repeating: 0, count: 4096)
    while !text.contains("\r\n\r\n") {
      let count = unsafe recv(connection, &buffer, buffer.count, 0)
      if count <= 0 { return }
      text += String(decoding: buffer[..<count], as: UTF8.self)
    }
    let lines = text.components(separatedBy: "\r\n")
    let first = lines[0].split(separator: " ").map(String.init)
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    }
    let request = Request(method: first[0], target: first[1], headers: headers)
    let number = seen.withLock { seen in
      seen.append(request)
      return seen.count - 1
    }
    let bytes = answer(request, number)
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { raw in
        unsafe send(connection, raw.baseAddress?.advanced(by: sent), raw.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return }
      sent += count
    }
  }
}

/// A response: head lines and what is sent of the body.
func response(_ status: String, _ headers: [String] = [], _ body: [UInt8] = []) -> [UInt8] {
  Array((["HTTP/1.1 \(status)"] + headers + ["Connection: close", "", ""]).joined(separator: "\r\n").utf8) + body
}
