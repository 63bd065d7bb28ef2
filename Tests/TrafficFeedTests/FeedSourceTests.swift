// Answers of a server on this machine: a whole one is taken, every other is refused with what to do.

import Glibc
import HujiaTestSupport
import Testing

@testable import HujiaTrafficFeed

/// Answers one caller with given bytes, and ends.
private final class OneAnswer: @unchecked Sendable {
  let port: UInt16
  private let listener: Int32
  private let answer: [UInt8]
  /// Sends one byte more each 20 ms for so long, or until the caller goes.
  private let drips_s: Double
  private var thread = pthread_t()

  init(_ text: String, drips_s: Double = 0) throws {
    answer = Array(text.utf8)
    self.drips_s = drips_s
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let isBound = withUnsafeMutableBytes(of: &address) { bytes in
      guard let start = bytes.bindMemory(to: sockaddr.self).baseAddress else { return false }
      return bind(listener, start, length) == 0 && listen(listener, 1) == 0
        && getsockname(listener, start, &length) == 0
    }
    try #require(isBound)
    port = UInt16(bigEndian: address.sin_port)
    let context = Unmanaged.passUnretained(self).toOpaque()
    pthread_create(
      &thread, nil,
      { context in
        if let context { Unmanaged<OneAnswer>.fromOpaque(context).takeUnretainedValue().serve() }
        return nil
      }, context)
  }

  private func serve() {
    let caller = accept(listener, nil, nil)
    var request = [UInt8](repeating: 0, count: 4_096)
    _ = recv(caller, &request, request.count, 0)
    _ = send(caller, answer, answer.count, Int32(MSG_NOSIGNAL))
    for _ in 0..<Int(drips_s * 50) {
      usleep(20_000)
      guard send(caller, " ", 1, Int32(MSG_NOSIGNAL)) == 1 else { break }
    }
    close(caller)
  }

  func end() {
    pthread_join(thread, nil)
    close(listener)
  }
}

@Suite struct FeedSourceTests {
  private func fetched(_ answer: String) throws -> String {
    let server = try OneAnswer(answer)
    defer { server.end() }
    var source = try FeedSource("http://127.0.0.1:\(server.port)/flow?city=1")
    do throws(FeedError) {
      return String(decoding: try source.fetch() ?? [], as: UTF8.self)
    } catch { return "refused: " + error.message }
  }

  @Test func aWholeAnswerIsTaken() throws {
    #expect(try fetched("HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\n[{}]") == "[{}]")
    let head = "HTTP/1.1 200 OK\r\ncontent-encoding: identity\r\ncontent-length:2 \r\n\r\n"
    #expect(try fetched(head + "[]") == "[]")
    let filler = String(repeating: "X-Filler: 0123456789\r\n", count: 2_500)
    #expect(try fetched("HTTP/1.1 200 OK\r\n\(filler)Content-Length: 2\r\n\r\n[]") == "[]")
  }

  @Test func everyOtherIsRefusedInWords() throws {
    for (answer, words) in [
      ("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n[{}]", "4 bytes of 5 came"),
      ("HTTP/1.1 404 Not Found\r\n\r\n", "the server answers 404"), ("", "is no HTTP"),
      ("HTTP/1.1 200 OK\r\n", "is no HTTP"), ("SSH-2.0-x\r\n\r\n", "is no HTTP"),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n", "comes chunked"),
      ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nx", "comes gzip"),
      // Closed in good order, and yet perhaps a half.
      ("HTTP/1.1 200 OK\r\n\r\nopenlr,speed_kmh\n", "does not say its length"),
      ("HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n[]", "2 bytes of -2 came"),
      ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n[]", "2 bytes of 3 came"),
      (
        "HTTP/1.1 200 OK\r\n" + String(repeating: "X: 0123456789\r\n", count: 5_000) + "\r\n",
        "head is longer than 64 KiB"
      ),
      ("HTTP/1.1 \u{1b}[2J\u{7}1 No\r\n\r\n", "the server answers ?[2J?1:"),
      ("HTTP/1.1 200 OK\r\nContent-Encoding: \u{1b}[2J\r\n\r\nx", "comes ?[2j:"),
    ] {
      let said = try fetched(answer)
      #expect(said.hasPrefix("refused: ") && said.contains(words), "\(said)")
    }
  }

  /// It would hold its caller for ever: a wait for each byte never ends.
  @Test func aServerThatDripsIsLeft() throws {
    let head = "HTTP/1.0 200 OK\r\nContent-Length: 1000000\r\n\r\n["
    let server = try OneAnswer(head, drips_s: 20)
    defer { server.end() }
    var source = try FeedSource("http://127.0.0.1:\(server.port)/", wait_s: 0.3)
    let error = #expect(throws: FeedError.self) { try source.fetch() }
    #expect(error?.message.contains("no whole answer within 0.3 s") == true)
  }

  @Test func aServerThatIsNotThere() throws {
    let server = try OneAnswer("")
    let port = server.port
    var first = try FeedSource("http://127.0.0.1:\(port)/")
    _ = try? first.fetch()
    server.end()
    var source = try FeedSource("http://127.0.0.1:\(port)/")
    #expect(throws: FeedError.self) { try source.fetch() }
  }
}
