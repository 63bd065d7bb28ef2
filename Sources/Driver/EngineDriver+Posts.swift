// Posts: reports that wait in a ring until the baton's holder makes a command of each.

import CHujiaKernels
import HujiaContainers
import HujiaEngine

extension EngineDriver {
  /// Queues a checked report; full when the queue is. Any thread.
  package func post(_ report: UnsafePointer<IncidentReport>, act: Act = Act()) -> Status {
    var posted = Posted(report: report.pointee, act: act)
    guard posts.pointee.append(at: &posted) else { return posts.pointee.isClosed ? .state : .full }
    fetchPostsAhead()
    let waiting = posts.pointee.count
    if waiting > postsHigh.load(ordering: .relaxed) {
      postsHigh.store(waiting, ordering: .relaxed)
    }
    loop?.wake()
    return .ok
  }

  /// A large queue has left the cache by the time it comes round, and a post waited 40 ns for its two lines.
  @inline(__always) private func fetchPostsAhead() {
    let next = posts.pointee.addresses(ahead: 4)
    hjk_prefetch(next.turn)
    hjk_prefetch_span(next.element, 128)
  }

  /// Under the baton: decides what was posted, at most `most`; returns how many.
  func decidePosts(most: Int, _ turn: inout Turn) -> Int {
    var decided = 0
    while decided < most, decideNextPost(&turn) { decided += 1 }
    if decided > 0 { room.made(decided) }
    return decided
  }

  @inline(__always) private func decideNextPost(_ turn: inout Turn) -> Bool {
    guard let first = posts.pointee.first else { return false }
    let act = first.pointee.act
    var report = first.pointee.report
    report.place = snap((report.lat_e7, report.lon_e7))
    if let postMark, let journal {
      postMark.begin(posts.pointee.popped, under: journal.nextRecord)
    }
    apply(.post(report), act: act, &turn)
    // Not before its record is written: a process that is killed in between has it in one of the two.
    posts.pointee.dropFirst()
    return true
  }
}
