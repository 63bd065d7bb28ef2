// What of a close waits for disks: the last run sheet, the last snapshot, the journal's end. It has a thread of its
// own, so that a disk that stands still for ever holds no host for ever. Must never: free what that thread may still
// touch, call a hook of the host once the close has returned.

import HujiaEngine
import HujiaJournal

extension EngineDriver {
  /// The loop is gone, and nobody else has the engine. False: the disk did not answer in time. What is recorded lies in
  /// the ring; the work ends by itself where the disk comes back, and what the engine had stays taken.
  func closeFiles(within most_ns: Int64) -> Bool {
    guard journal != nil || sheet != nil else { return true }
    let work = Sleeper()
    // Without a thread it is done here, as long as that takes.
    guard work.start({ [unowned self] in finishFiles() }) else {
      finishFiles()
      return true
    }
    if Cancellation.off({ work.join(atMost_ns: most_ns) }) { return true }
    journal?.config.seal?.end()
    // Never given back: the thread may come to life at any time.
    _ = Unmanaged.passRetained(work)
    _ = Unmanaged.passRetained(self)
    return false
  }

  private func finishFiles() {
    closeSheet()
    follower?.stop()
    ringKeeper?.stop()
    closeJournal(keepsRing: !writeFinalSnapshot())
  }

  /// Nobody uses the engine any more. Posts that nobody decided (an open that failed) are in the ring of a next open.
  func closeJournal(keepsRing: Bool = false) {
    guard let journal else { return }
    let hasPosts = postMark != nil && posts.pointee.count > 0
    journal.journal.keepsRing = keepsRing || hasPosts
    journal.journal.close()
  }
}
