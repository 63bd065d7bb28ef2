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

  /// From the question to the end of a server's answer.
  private let wait_s: Double
  package static let usualWait_s = 10.0

  package init(_ name: String, wait_s: Double = usualWait_s) throws(FeedError) {
    self.name = name
    self.wait_s = wait_s
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
    case .server(let host, let port, let path):
      return try FeedServer(name, wait_s: wait_s).page(host, port, path)
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
        throw FeedError("cannot read \(name): \(String(cString: strerror(errno)))")
      }
      if count == 0 { return bytes }
      guard bytes.count + count <= FeedReader.most_bytes else {
        throw Self.tooLarge(name)
      }
      bytes += chunk[0..<count]
    }
  }

  static func tooLarge(_ name: String) -> FeedError {
    FeedError("\(name) is larger than \(FeedReader.most_bytes >> 20) MiB: cut it to the city")
  }
}
