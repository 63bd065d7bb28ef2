// The baton: one atomic word; its holder alone may touch the core. Free, a call costs one compare-and-swap each way and
// runs on the caller's own thread. Held, the call is published on the word itself, by the address of the command or the
// question that it brings. The holder carries it out (flat combining: Hendler, Incze, Shavit, Tzafrir, SPAA 2010), or
// hands the baton over. The protocol is checked by `spin` (Tests/Protocol/baton.pml). Must never: allocate, use the
// standard library's Mutex (it does not survive fork).

import CHujiaBaton
import Glibc
import Synchronization

/// Mutual exclusion for one state, first come, first served. Not recursive: `isMine` tells a callback that waiting
/// would never end.
///
/// What is promised: a call that has been published is carried out before every call published after it, so it waits
/// for the one under way and at most one call of each other thread. The holder carries out at most `mostHelped` calls
/// of others, then hands the baton over. The word is let go only in the moment in which nobody waits, so nothing is
/// stranded.
package final class Baton: @unchecked Sendable {
  /// 0 = free; else 1 | address of the request published last (0 = nobody waits).
  private let word = Atomic<UInt>(0)
  private let holder = Atomic<UInt>(0)
  /// Carries a published call out; its first argument is `state`.
  package typealias CarryOut =
    @convention(c) (UnsafeMutableRawPointer, UnsafeMutablePointer<hujia_request>) -> Void
  private var state: UnsafeMutableRawPointer?
  private var carryOut: CarryOut = { _, _ in }

  // The holder's own; others read them as statistics
  /// Requests taken off the word, oldest first.
  private var line: UnsafeMutablePointer<hujia_request>?
  private let carriedOut = Atomic<UInt64>(0)
  private let carriedForOthers = Atomic<Int64>(0)
  private let handedOver = Atomic<Int64>(0)
  // Raised by the callers that waited
  private let mostAhead = Atomic<Int64>(0)
  private let longest_ns = Atomic<Int64>(0)

  /// Looks before it sleeps: about ten microseconds, a decision's length.
  static let spins = 200
  /// Calls of others that one holder carries out before it hands over.
  package static let mostHelped = 16

  package init() {}

  /// What it guards, and how a call is carried out on it. Before any other thread knows of the baton.
  package func guards(_ state: UnsafeMutableRawPointer, _ carryOut: @escaping CarryOut) {
    self.state = state
    self.carryOut = carryOut
  }

  private static var me: UInt { UInt(pthread_self()) }

  var isMine: Bool { holder.load(ordering: .relaxed) == Self.me }
  /// The holder's question: does anybody wait?
  package var isWanted: Bool { line != nil || word.load(ordering: .relaxed) != 1 }
  package var isHeld: Bool { word.load(ordering: .relaxed) != 0 }

  package var helpedCount: Int64 { carriedForOthers.load(ordering: .relaxed) }
  package var handedOverCount: Int64 { handedOver.load(ordering: .relaxed) }
  /// Most calls that went ahead of one that waited.
  package var mostAheadCount: Int64 { mostAhead.load(ordering: .relaxed) }
  package var longestWait_ns: Int64 { longest_ns.load(ordering: .relaxed) }

  /// Takes it only if it is free.
  @inline(__always)
  package func takeIfFree() -> Bool {
    guard word.compareExchange(expected: 0, desired: 1, ordering: .acquiring).exchanged else {
      return false
    }
    holder.store(Self.me, ordering: .relaxed)
    return true
  }

  /// Waits for it and takes it; what comes is done on this thread.
  package func take() {
    if takeIfFree() { return }
    takeInTurn()
  }

  @inline(never) private func takeInTurn() {
    var request = hujia_request()
    _ = withUnsafeMutablePointer(to: &request) { wait($0) }
  }

  /// Publishes a call and waits. False: the holder has done it. True: the baton is ours, with the call still to do.
  @inline(never)
  package func ask(_ request: UnsafeMutablePointer<hujia_request>) -> Bool { wait(request) }

  /// Lets go, or serves waiting callers: at most `most` of their calls, then the oldest of them is the holder.
  @inline(__always)
  package func give(helping most: Int = Baton.mostHelped) {
    countOne()
    holder.store(0, ordering: .relaxed)
    if line == nil,
      word.compareExchange(expected: 1, desired: 0, ordering: .releasing).exchanged
    {
      return
    }
    serve(most)
  }

  @inline(__always) private func countOne() {
    carriedOut.store(carriedOut.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
  }

  @inline(never) private func serve(_ most: Int) {
    withUnsafeTemporaryAllocation(of: UInt.self, capacity: Self.mostHelped) {
      var served = Sleepers($0)
      serve(most, &served)
      // The baton is another's by now, or free.
      served.wake()
    }
  }

  private func serve(_ most: Int, _ served: inout Sleepers) {
    holder.store(Self.me, ordering: .relaxed)
    var left = most
    while true {
      guard let request = line ?? takeLine() else {
        holder.store(0, ordering: .relaxed)
        // The word leaves "held" only while nobody waits: one step, so nobody is left behind.
        if word.compareExchange(expected: 1, desired: 0, ordering: .releasing).exchanged { return }
        holder.store(Self.me, ordering: .relaxed)
        continue
      }
      line = UnsafeMutablePointer(bitPattern: request.pointee.next)
      request.pointee.carried = carriedOut.load(ordering: .relaxed)
      guard left > 0, request.pointee.errand != nil, let state else {
        handedOver.store(handedOver.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
        holder.store(0, ordering: .relaxed)
        if let word = Self.answer(request, HUJIA_YOURS) { hujia_wake(word) }
        return
      }
      left -= 1
      served.wakeOverdue()
      carryOut(state, request)
      countOne()
      carriedForOthers.store(carriedForOthers.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
      if let word = Self.answer(request, HUJIA_DONE) { served.add(word) }
    }
  }

  /// Takes all published requests off the word and turns them round: the oldest first. nil when there are none.
  private func takeLine() -> UnsafeMutablePointer<hujia_request>? {
    guard word.load(ordering: .relaxed) != 1 else { return nil }
    var address = word.exchange(1, ordering: .acquiring) & ~1
    var first: UnsafeMutablePointer<hujia_request>?
    while let request = UnsafeMutablePointer<hujia_request>(bitPattern: address) {
      address = request.pointee.next
      request.pointee.next = UInt(bitPattern: first)
      first = request
    }
    return first
  }

  // Waiting

  private static func stateWord(
    _ request: UnsafeMutablePointer<hujia_request>
  ) -> UnsafeMutablePointer<UInt32> {
    let offset = MemoryLayout<hujia_request>.offset(of: \.state).unsafelyUnwrapped
    return (UnsafeMutableRawPointer(request) + offset).assumingMemoryBound(to: UInt32.self)
  }

  private static func atomicState(
    _ request: UnsafeMutablePointer<hujia_request>
  ) -> UnsafeMutablePointer<Atomic<UInt32>> {
    UnsafeMutableRawPointer(stateWord(request)).assumingMemoryBound(to: Atomic<UInt32>.self)
  }

  /// The last touch: once the state is set, the request's frame may be gone. The word to wake it by, where it sleeps:
  /// its address alone is used, and a sleeper that is woken for another lies down again.
  private static func answer(
    _ request: UnsafeMutablePointer<hujia_request>, _ state: Int
  ) -> UnsafeMutablePointer<UInt32>? {
    let word = stateWord(request)
    let before = atomicState(request).pointee.exchange(
      UInt32(state), ordering: .acquiringAndReleasing)
    return before == UInt32(HUJIA_SLEEPS) ? word : nil
  }

  /// True: the baton is ours, with the call still to do. False: the holder has done it.
  private func wait(_ request: UnsafeMutablePointer<hujia_request>) -> Bool {
    var seen = word.load(ordering: .relaxed)
    while true {
      if seen == 0 {
        if takeIfFree() { return true }
        seen = word.load(ordering: .relaxed)
        continue
      }
      request.pointee.next = seen & ~1
      let (isPublished, now) = word.weakCompareExchange(
        expected: seen, desired: UInt(bitPattern: request) | 1,
        successOrdering: .acquiringAndReleasing, failureOrdering: .relaxed)
      if isPublished { break }
      seen = now
    }
    let before = carriedOut.load(ordering: .relaxed)
    let start_ns = Clock.now_ns()
    let state = sleep(until: Self.atomicState(request), Self.stateWord(request))
    // Read after publishing, so it never counts one that was ahead anyway.
    let ahead = Int64(bitPattern: request.pointee.carried &- before)
    if ahead > 0 { Self.raise(mostAhead, to: ahead) }
    Self.raise(longest_ns, to: Clock.now_ns() &- start_ns)
    guard state == UInt32(HUJIA_YOURS) else { return false }
    holder.store(Self.me, ordering: .relaxed)
    return true
  }

  private func sleep(
    until state: UnsafeMutablePointer<Atomic<UInt32>>, _ word: UnsafeMutablePointer<UInt32>
  ) -> UInt32 {
    for _ in 0..<Self.spins {
      let now = state.pointee.load(ordering: .acquiring)
      if now >= UInt32(HUJIA_DONE) { return now }
      hujia_rest()
    }
    while true {
      let (_, now) = state.pointee.compareExchange(
        expected: UInt32(HUJIA_WAITS), desired: UInt32(HUJIA_SLEEPS), ordering: .acquiring)
      if now >= UInt32(HUJIA_DONE) { return now }
      hujia_sleep(word, UInt32(HUJIA_SLEEPS))
    }
  }

  private static func raise(_ most: borrowing Atomic<Int64>, to value: Int64) {
    var seen = most.load(ordering: .relaxed)
    while value > seen {
      let (isRaised, now) = most.compareExchange(
        expected: seen, desired: value, ordering: .relaxed)
      if isRaised { return }
      seen = now
    }
  }
}

/// Callers that were served and sleep. To wake one takes longer than to carry most calls out, so it comes once the
/// baton has gone on: else all that wait behind pay for it, and fall asleep in their turn.
private struct Sleepers {
  /// None waits longer for the calls of others.
  private static var most_ns: Int64 { 50_000 }

  /// Addresses of words.
  private let words: UnsafeMutableBufferPointer<UInt>
  private var count = 0
  private var since_ns: Int64 = 0

  init(_ room: UnsafeMutableBufferPointer<UInt>) { words = room }

  mutating func add(_ word: UnsafeMutablePointer<UInt32>) {
    if count == words.count { wake() }
    if count == 0 { since_ns = Clock.now_ns() }
    words[count] = UInt(bitPattern: word)
    count += 1
  }

  mutating func wakeOverdue() {
    if count > 0, Clock.now_ns() &- since_ns > Self.most_ns { wake() }
  }

  mutating func wake() {
    for index in 0..<count { hujia_wake(UnsafeMutablePointer(bitPattern: words[index])) }
    count = 0
  }
}
