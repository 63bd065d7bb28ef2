// Where a feed is fetched from: a file that another program renews, or a server on this machine. Nothing is fetched
// from the network beyond it: a fetcher that knows keys and proxies writes a file, and this reads it.

import Glibc

package struct FeedSource: Sendable {
  package let name: String
  private let kind: Kind
  /// Of a file that was read: nothing changed while it is the same.
  private var seen: FileMark?

  private enum Kind: Sendable {
    case file
    case server(host: String, port: UInt16, path: String)
  }

  private struct FileMark: Equatable, Sendable {
    var device: UInt
    var file: UInt
    var bytes: Int
    var changed_s: Int
    var changed_ns: Int
  }

  private static let wait_s = 5

  package init(_ name: String) throws(FeedError) {
    self.name = name
    guard name.hasPrefix("http://") else {
      if name.hasPrefix("https://") { throw Self.beyond(name) }
      kind = .file
      return
    }
    let rest = name.dropFirst(7)
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    let path = slash == rest.endIndex ? "/" : String(rest[slash...])
    var host = String(rest[..<slash])
    var port: UInt16 = 80
    if let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") {
      guard let given = UInt16(host[host.index(after: colon)...]), given > 0 else {
        throw FeedError("\(name): the port is no number from 1 to 65535")
      }
      port = given
      host = String(host[..<colon])
    }
    guard ["127.0.0.1", "localhost", "[::1]"].contains(host) else { throw Self.beyond(name) }
    guard path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
      throw FeedError("\(name): a path of letters, digits and signs is needed")
    }
    kind = .server(host: host, port: port, path: path)
  }

  private static func beyond(_ name: String) -> FeedError {
    FeedError(
      "\(name): only this machine is asked (127.0.0.1, localhost, [::1]); let a fetcher such as curl write a "
        + "file, and name the file")
  }

  /// The feed as it is now; nil: a file that is the same as last time.
  package mutating func fetch() throws(FeedError) -> [UInt8]? {
    switch kind {
    case .file: return try file()
    case .server(let host, let port, let path): return try page(host, port, path)
    }
  }

  private mutating func file() throws(FeedError) -> [UInt8]? {
    // A pipe without a writer would keep an open that may block for ever.
    let descriptor = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw FeedError("cannot read \(name): \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
      throw FeedError(
        "cannot read \(name): it is no regular file: give a file or http://127.0.0.1:PORT/…")
    }
    let mark = FileMark(
      device: UInt(facts.st_dev), file: UInt(facts.st_ino), bytes: Int(facts.st_size),
      changed_s: facts.st_mtim.tv_sec, changed_ns: facts.st_mtim.tv_nsec)
    if mark == seen { return nil }
    let bytes = try all(descriptor)
    seen = mark
    return bytes
  }

  private func all(_ descriptor: Int32) throws(FeedError) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        let reason =
          errno == EAGAIN ? "no answer within \(Self.wait_s) s" : String(cString: strerror(errno))
        throw FeedError("cannot read \(name): \(reason)")
      }
      if count == 0 { return bytes }
      guard bytes.count + count <= FeedReader.most_bytes else {
        throw FeedError(
          "\(name) is larger than \(FeedReader.most_bytes >> 20) MiB: cut it to the city")
      }
      bytes += chunk[0..<count]
    }
  }

  private func page(_ host: String, _ port: UInt16, _ path: String) throws(FeedError) -> [UInt8] {
    let descriptor = try connected(host, port)
    defer { close(descriptor) }
    let request = Array(
      "GET \(path) HTTP/1.0\r\nHost: \(host):\(port)\r\nAccept: */*\r\nConnection: close\r\n\r\n"
        .utf8)
    var sent = 0
    while sent < request.count {
      let count = request.withUnsafeBytes {
        send(descriptor, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        throw FeedError("cannot ask \(name): \(String(cString: strerror(errno)))")
      }
      sent += count
    }
    return try Self.body(try all(descriptor), name)
  }

  private func connected(_ host: String, _ port: UInt16) throws(FeedError) -> Int32 {
    let isSix = host == "[::1]"
    let descriptor = socket(
      isSix ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else {
      throw FeedError("cannot ask \(name): \(String(cString: strerror(errno)))")
    }
    var wait = timeval()
    wait.tv_sec = Self.wait_s
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(descriptor, SOL_SOCKET, option, &wait, socklen_t(MemoryLayout<timeval>.size))
    }
    let status: Int32
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
    guard status == 0 else {
      let reason = String(cString: strerror(errno))
      close(descriptor)
      throw FeedError("cannot ask \(name): \(reason): is its server running?")
    }
    return descriptor
  }

  private static func connect<Address>(_ descriptor: Int32, _ address: inout Address) -> Int32 {
    withUnsafeBytes(of: &address) { bytes in
      guard let start = bytes.bindMemory(to: sockaddr.self).baseAddress else { return -1 }
      return Glibc.connect(descriptor, start, socklen_t(bytes.count))
    }
  }

  /// What follows the head of an answer that says 200 and is whole.
  static func body(_ answer: [UInt8], _ name: String) throws(FeedError) -> [UInt8] {
    var end = 0
    while end + 4 <= answer.count, answer[end..<end + 4] != [0x0d, 0x0a, 0x0d, 0x0a][...] {
      end += 1
    }
    guard end + 4 <= answer.count, answer.starts(with: "HTTP/1.".utf8) else {
      throw FeedError("\(name): the answer is no HTTP: is it the right port?")
    }
    let head = String(decoding: answer[..<end], as: UTF8.self).split(separator: "\r\n")
    let status = head.first?.split(separator: " ").dropFirst().first.map(String.init) ?? ""
    guard status == "200" else {
      throw FeedError("\(name): the server answers \(status.prefix(10)): check path and server")
    }
    let body = Array(answer[(end + 4)...])
    for line in head.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1).map { $0.lowercased() }
      guard parts.count == 2 else { continue }
      let value = parts[1].drop { $0 == " " }
      if parts[0] == "content-length", let bytes = Int(value), bytes != body.count {
        throw FeedError("\(name): \(body.count) bytes of \(bytes) came: ask again")
      }
      if parts[0] == "transfer-encoding" || parts[0] == "content-encoding", value != "identity" {
        throw FeedError(
          "\(name): the answer comes \(value.prefix(20)): let the server send it plain")
      }
    }
    return body
  }
}
