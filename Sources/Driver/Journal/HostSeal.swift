// The host's own encryption of its journal (`hj_config.seal`, `open`), as the journal calls it. Must never: call the
// host from two threads at a time, believe what it says of a length.

import HujiaJournal

/// What is the host's own bears every thread, one at a time: the header asks for that.
package final class HostSeal: JournalSeal, @unchecked Sendable {
  /// What is sealed, its place, room; how many bytes were written, nil: it could not.
  package typealias Seal = (
    UnsafeRawBufferPointer, UnsafeRawBufferPointer, UnsafeMutableRawBufferPointer
  ) -> UInt64?
  /// What is opened, as which it was sealed, its place, room.
  package typealias Open = (
    UnsafeRawBufferPointer, String, UnsafeRawBufferPointer, UnsafeMutableRawBufferPointer
  ) -> UInt64?

  package let name: String
  private let sealing: Seal
  private let opening: Open
  private let gate = Gate()
  /// Under `gate`.
  private var isOver = false

  package init(name: String, seal: @escaping Seal, open: @escaping Open) {
    self.name = name
    sealing = seal
    opening = open
  }

  package func seal(
    _ clear: UnsafeRawBufferPointer, about: UnsafeRawBufferPointer,
    into room: UnsafeMutableRawBufferPointer
  ) -> Int? { bounded(room) { sealing(clear, about, room) } }

  package func open(
    _ sealed: UnsafeRawBufferPointer, named name: String, about: UnsafeRawBufferPointer,
    into room: UnsafeMutableRawBufferPointer
  ) -> Int? { bounded(room) { opening(sealed, name, about, room) } }

  /// The host is called no more: its engine is closed, and a thread of it may come to life yet.
  func end() { gate.held { isOver = true } }

  private func bounded(_ room: UnsafeMutableRawBufferPointer, _ body: () -> UInt64?) -> Int? {
    let count = gate.held { isOver ? nil : body() }
    return count.flatMap { $0 <= UInt64(room.count) ? Int($0) : nil }
  }
}
