// A seal of the tool's as the hooks of the C interface, for an engine on a sealed journal.

import CHujia
import HujiaJournal

/// Kept by its host: the engine has its address.
package final class HostSealing: Sendable {
  private let seal: any JournalSeal

  package init(_ seal: any JournalSeal) { self.seal = seal }

  /// `name` outlives the opening.
  package func set(_ config: inout hj_config, name: UnsafeMutablePointer<CChar>?) {
    config.seal_context = Unmanaged.passUnretained(self).toOpaque()
    config.seal_name = UnsafePointer(name)
    config.seal = { context, about, aboutBytes, clear, clearBytes, sealed, count in
      HostSealing.fill(context, sealed, count) { seal, room in
        seal.seal(
          UnsafeRawBufferPointer(start: clear, count: Int(clearBytes)),
          about: UnsafeRawBufferPointer(start: about, count: Int(aboutBytes)), into: room)
      }
    }
    config.open = { context, name, about, aboutBytes, sealed, sealedBytes, clear, count in
      HostSealing.fill(context, clear, count) { seal, room in
        seal.open(
          UnsafeRawBufferPointer(start: sealed, count: Int(sealedBytes)),
          named: name.map { String(cString: $0) } ?? "",
          about: UnsafeRawBufferPointer(start: about, count: Int(aboutBytes)), into: room)
      }
    }
  }

  private static func fill(
    _ context: UnsafeMutableRawPointer?, _ to: UnsafeMutableRawPointer?,
    _ count: UnsafeMutablePointer<UInt64>?,
    _ body: (any JournalSeal, UnsafeMutableRawBufferPointer) -> Int?
  ) -> hj_status {
    guard let context, let count else { return HJ_E_NULL }
    let own = Unmanaged<HostSealing>.fromOpaque(context).takeUnretainedValue()
    let room = UnsafeMutableRawBufferPointer(start: to, count: Int(count.pointee))
    guard let done = body(own.seal, room) else { return HJ_E_STATE }
    count.pointee = UInt64(done)
    return HJ_OK
  }
}
