// A feed that a server on this machine gives, by HTTP. One deadline holds for connecting, asking and the whole answer,
// however slowly its bytes come; and only an answer that says how long it is counts as whole.

import Glibc

struct FeedServer {
  private let name: String
  private let wait_s: Double
  /// On the monotonic clock.
  private let end_ns: Int64
  private static let mostHead = 64 << 10

  /// The deadline runs from here.
  init(_ name: String, wait_s: Double) {
    self.name = name
    self.wait_s = wait_s
    end_ns = Self.now_ns + Int64(wait_s * 1e9)
  }

  private static var now_ns: Int64 {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
  }

  func page(_ host: String, _ port: UInt16, _ path: String) throws(FeedError) -> [UInt8] {
    let descriptor = try connected(host, port)
    defer { close(descriptor) }
    try ask(
      descriptor,
      "GET \(path) HTTP/1.0\r\nHost: \(host):\(port)\r\nAccept: */*\r\nConnection: close\r\n\r\n")
    return try Self.body(try answer(descriptor), name)
  }

  /// Returns when the descriptor is ready; another turn of the caller finds out for what.
  private func wait(_ descriptor: Int32, _ events: Int32) throws(FeedError) {
    let rest_ns = end_ns - Self.now_ns
    guard rest_ns > 0 else {
      throw FeedError(
        "cannot read \(name): no whole answer within \(wait_s) s: is its server well?")
    }
    var waiting = pollfd(fd: descriptor, events: Int16(events), revents: 0)
    _ = poll(&waiting, 1, Int32(clamping: rest_ns / 1_000_000 + 1))
  }

  private func ask(_ descriptor: Int32, _ text: String) throws(FeedError) {
    let request = Array(text.utf8)
    var sent = 0
    while sent < request.count {
      try wait(descriptor, POLLOUT)
      let count = request.withUnsafeBytes {
        send(descriptor, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count > 0 else {
        throw FeedError("cannot ask \(name): \(String(cString: strerror(errno)))")
      }
      sent += count
    }
  }

  /// All that comes until the server closes.
  private func answer(_ descriptor: Int32) throws(FeedError) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      try wait(descriptor, POLLIN)
      let count = recv(descriptor, &chunk, chunk.count, 0)
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count >= 0 else {
        throw FeedError("cannot read \(name): \(String(cString: strerror(errno)))")
      }
      if count == 0 { return bytes }
      guard bytes.count + count <= FeedReader.most_bytes + Self.mostHead else {
        throw FeedSource.tooLarge(name)
      }
      bytes += chunk[0..<count]
    }
  }

  private func connected(_ host: String, _ port: UInt16) throws(FeedError) -> Int32 {
    let isSix = host == "[::1]"
    let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
    let descriptor = socket(isSix ? AF_INET6 : AF_INET, Int32(kind), 0)
    guard descriptor >= 0 else {
      throw FeedError("cannot ask \(name): \(String(cString: strerror(errno)))")
    }
    do throws(FeedError) {
      try connect(descriptor, isSix, port)
      return descriptor
    } catch {
      close(descriptor)
      throw error
    }
  }

  private func connect(
    _ descriptor: Int32, _ isSix: Bool, _ port: UInt16
  ) throws(FeedError) {
    var status: Int32
    if isSix {
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = port.bigEndian
      address.sin6_addr = in6addr_loopback
      status = Self.connect(descriptor, &address)
    } else {
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
      status = Self.connect(descriptor, &address)
    }
    if status != 0, errno == EINPROGRESS {
      try wait(descriptor, POLLOUT)
      var size = socklen_t(MemoryLayout<Int32>.size)
      status = 0
      // Not connected yet at the deadline: `ask` waits once more and says so.
      _ = getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &status, &size)
      errno = status
    }
    guard status == 0 else {
      throw FeedError(
        "cannot ask \(name): \(String(cString: strerror(errno))): is its server running?")
    }
  }

  private static func connect<Address>(_ descriptor: Int32, _ address: inout Address) -> Int32 {
    withUnsafeBytes(of: &address) { bytes in
      guard let start = bytes.bindMemory(to: sockaddr.self).baseAddress else { return -1 }
      return Glibc.connect(descriptor, start, socklen_t(bytes.count))
    }
  }

  /// What follows the head of an answer that says 200 and is whole. A connection that was closed in good order proves
  /// nothing: a server that dies closes as well, and half a table would take the other half's times back.
  static func body(_ answer: [UInt8], _ name: String) throws(FeedError) -> [UInt8] {
    guard answer.starts(with: "HTTP/1.".utf8) else {
      throw FeedError("\(name): the answer is no HTTP: is it the right port?")
    }
    guard let end = headEnd(answer) else {
      throw FeedError(
        answer.count < mostHead
          ? "\(name): the answer is no HTTP, or was cut off: ask again"
          : "\(name): the answer's head is longer than \(mostHead >> 10) KiB: is it the right port?"
      )
    }
    let head = String(decoding: answer[..<end], as: UTF8.self).split(separator: "\r\n")
    let status = head.first?.split(separator: " ").dropFirst().first.map(String.init) ?? ""
    guard status == "200" else {
      throw FeedError(
        "\(name): the server answers \(Foreign.shown(status)): check path and server")
    }
    let came = answer.count - end - 4
    var isWhole = false
    for line in head.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1).map { $0.lowercased() }
      guard parts.count == 2 else { continue }
      let value = String(parts[1].filter { $0 != " " && $0 != "\t" })
      if parts[0] == "content-length" {
        guard let bytes = UInt64(value), bytes == UInt64(came) else {
          throw FeedError("\(name): \(came) bytes of \(Foreign.shown(value)) came: ask again")
        }
        isWhole = true
      }
      if parts[0] == "transfer-encoding" || parts[0] == "content-encoding", value != "identity" {
        throw FeedError(
          "\(name): the answer comes \(Foreign.shown(value)): let the server send it plain")
      }
    }
    guard isWhole else {
      throw FeedError(
        "\(name): the answer does not say its length, and may be cut off: let the server send Content-Length"
      )
    }
    return Array(answer[(end + 4)...])
  }

  /// Where the empty line begins that ends the head; a longer head is none.
  private static func headEnd(_ answer: [UInt8]) -> Int? {
    let most = min(answer.count, mostHead)
    var at = 0
    while at + 4 <= most {
      if answer[at] == 0x0d, answer[at + 1] == 0x0a, answer[at + 2] == 0x0d, answer[at + 3] == 0x0a
      {
        return at
      }
      at += 1
    }
    return nil
  }
}
