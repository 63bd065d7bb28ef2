// Orders of steps that spin found in the model of the journal (Tests/Protocol/journal.pml) are played on the code: its
// work is held up between two system calls wherever the model says so, records are appended meanwhile, the process
// dies, the power goes. What is read back is what the model allows.

import Glibc
import HujiaTestSupport
import Testing

@testable import HujiaJournal

@Suite struct ModelTraceTests {
  /// One trace on one journal. nil: all is as the model has it.
  private final class Play {
    let bench = JournalBench()
    let held = HeldWork()
    var random: SplitMix64

    init(_ seed: UInt64) {
      random = SplitMix64(seed)
      bench.disk.around = { [held] in held.around($0, $1) }
      bench.open()
      closeSegment()
    }

    /// An opening begins a segment at once; in the model the first batch does.
    func closeSegment() {
      guard let journal = bench.journal else { return }
      journal.writer.finish(journal.folder)
    }

    private func come(to name: String, isOver: Bool = false) -> String? {
      let stop = { (called: String, over: Bool) in called == name && over == isOver }
      if held.isUnderWay { return held.goOn(until: stop) ? nil : "the work ended before \(name)" }
      guard let journal = bench.journal else { return "no journal" }
      let isThere = held.start({ journal.work.held { _ = journal.step() } }, until: stop)
      return isThere ? nil : "the work ended before \(name)"
    }

    private func snapshot() -> String? {
      let bench = bench
      let stop = { (called: String, over: Bool) in called == "rename" && !over }
      let isThere = held.start({ try? bench.snapshot() }, until: stop)
      return isThere ? nil : "the snapshot ended before it had its name"
    }

    func step(_ name: Substring) -> String? {
      switch name {
      case "append": return bench.append() ? nil : "no room"
      case "begin": return come(to: "syncFolder")
      case "begun": return come(to: "syncFolder", isOver: true)
      case "batch": return nil
      case "write": return come(to: "syncData")
      case "synced": return come(to: "syncData", isOver: true)
      case "failed":
        bench.disk.fault = { _, called in called == "syncData" ? .error(EIO) : nil }
        let flaw = come(to: "syncData", isOver: true)
        bench.disk.fault = nil
        return flaw
      case "durable":
        held.finish()
        bench.seeDurable()
        return bench.durable == bench.twin.payloads.count ? nil : lag()
      case "turn":
        closeSegment()
        return nil
      case "snap": return snapshot()
      case "named": return come(to: "syncFolder")
      case "kept": return come(to: "syncFolder", isOver: true)
      case "pruned":
        held.finish()
        return nil
      case "die": return end { self.bench.disk.kill() }
      case "cut": return end { self.bench.disk.cutPower(&self.random) }
      default: return "the model has a step \(name) that this test does not know"
      }
    }

    /// Records that were appended behind the batch are not durable yet.
    private func lag() -> String? {
      guard let journal = bench.journal else { return "no journal" }
      return journal.durable == bench.twin.payloads.count || journal.ring.head != journal.ring.tail
        ? nil : "\(bench.durable) of \(bench.twin.payloads.count) are durable, and none waits"
    }

    private func end(_ how: () -> Void) -> String? {
      let isCut = bench.disk.boot.low
      how()
      held.finish()
      bench.close()
      bench.disk.revive()
      bench.open()
      if let problem = bench.problem { return "\(problem)" }
      if let flaw = bench.flaw { return flaw }
      let count = bench.found.payloads.count
      if bench.disk.boot.low == isCut, bench.found != bench.twin {
        return "\(count) records came back of \(bench.twin.payloads.count)"
      }
      guard count >= bench.durable, bench.found.payloads[...] == bench.twin.payloads[..<count]
      else { return "\(count) records came back, \(bench.durable) were durable" }
      bench.twin.payloads.removeLast(bench.twin.payloads.count - count)
      closeSegment()
      return nil
    }
  }

  private func traces() -> [String] {
    let path =
      #filePath.split(separator: "/").dropLast(2).reduce("") { "\($0)/\($1)" }
      + "/Golden/journal-traces.txt"
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var found: [String] = []
    var buffer: UnsafeMutablePointer<CChar>?
    var room = 0
    defer { free(buffer) }
    while getline(&buffer, &room, file) > 0, let buffer {
      let line = String(cString: buffer).filter { $0 != "\n" }
      if !line.hasPrefix("#") { found.append(line) }
    }
    return found
  }

  @Test func theModelsOrdersOnTheCode() {
    let all = traces()
    check(all.count, atLeast: 300)
    for (number, trace) in all.enumerated() {
      for seed in 0..<(trace.hasSuffix("cut") ? Scale.count(4, full: 200) : 1) {
        let play = Play(UInt64(number << 16 | seed))
        var flaw = play.bench.problem.map { "\($0)" }
        for (index, name) in trace.split(separator: " ").enumerated() where flaw == nil {
          flaw = play.step(name).map { "step \(index + 1), \(name): \($0)" }
        }
        if flaw == nil { flaw = play.step("die") }
        play.held.finish()
        play.bench.close()
        if let flaw { return _ = check(false, "trace \(number + 1), \(trace): \(flaw)") }
      }
    }
  }
}
