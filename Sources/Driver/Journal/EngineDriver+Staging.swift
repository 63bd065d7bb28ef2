// Long plans and the street times of large epochs on their way onto the record, before the turn that uses them: a piece
// a turn, with the baton free in between. Cold; off the baton but for the turns themselves.

import Glibc
import HujiaContainers
import HujiaEngine
import HujiaJournal

/// One content is staged at a time, from its first piece until the turn that names it is over. Its holder takes the
/// baton; a holder of the baton never takes it, and no hook of the host's runs while it is held.
final class StagingGate: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  /// Bytes of a piece, and of a content that is short: some tens of microseconds. Tests make it smaller.
  var piece = EngineJournal.piece
  /// Tests look in from here, between two pieces.
  var between: () -> Void = {}

  init() {
    mutex = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  func enter() { pthread_mutex_lock(mutex) }
  func leave() { pthread_mutex_unlock(mutex) }
}

/// What became of it. `EngineDriver.end(_:)` is due after the turn that it was staged for.
enum Staging {
  /// It is short: it becomes visible with the record of its turn.
  case short
  case staged(StagedMark)
  /// Not all of it has room. Nothing that stands on record names it.
  case refused(Status)

  var mark: StagedMark? {
    guard case .staged(let mark) = self else { return nil }
    return mark
  }
}

extension EngineDriver {
  /// Puts `content` on record but for the turn that names it. `urgency`: which part of the ring it may use.
  func beginStaging(_ content: UnsafeRawBufferPointer, _ urgency: RoomClass) -> Staging {
    guard let journal, content.count > stagingGate.piece else { return .short }
    stagingGate.enter()
    var mark = StagedMark(number: 0, bytes: UInt64(content.count))
    var offset = 0
    while offset < content.count {
      let next = min(offset + stagingGate.piece, content.count)
      let piece = UnsafeRawBufferPointer(rebasing: content[offset..<next])
      let rest = content.count - offset
      let status = turnHere { _, _ in
        // Room for all that is left: what cannot be finished is not begun.
        if isAtRest || urgency == .routine && isDrained { return Status.state }
        guard urgency == .rest || journal.hasRoom(staged: rest, inPiecesOf: stagingGate.piece)
        else {
          if mark.number != 0 { putPiece(nil, mark.number, journal) }
          return .full
        }
        mark.number = putPiece(piece, mark.number, journal)
        return .ok
      }
      guard status == .ok else { return .refused(status) }
      offset = next
      stagingGate.between()
    }
    return .staged(mark)
  }

  /// Under the baton. nil: what was staged is given up.
  @discardableResult
  func putPiece(
    _ piece: UnsafeRawBufferPointer?, _ number: UInt64, _ journal: EngineJournal
  ) -> UInt64 {
    journal.put(
      staged: piece ?? UnsafeRawBufferPointer(start: nil, count: 0), number, at: moment,
      monotonic_ns: moment.now_ns &+ origin_ns)
  }

  /// Under the baton: what the next command points at.
  func point(at content: UnsafeRawBufferPointer, _ staging: Staging) {
    guard let journal else { return }
    if let mark = staging.mark { journal.staged = mark } else { journal.content = content }
  }

  func end(_ staging: Staging) {
    if case .short = staging { return }
    stagingGate.leave()
  }
}
