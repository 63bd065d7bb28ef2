// Progress on standard error: one line on a terminal that is written over, a line now and then elsewhere.

import Glibc

/// One line that is written over on a terminal; elsewhere a line each time.
package final class ProgressLine {
  package let isTerminal = isatty(2) == 1
  private let isQuiet: Bool

  /// Where a line each time would drown what is printed beside it.
  package static var isWanted: Bool { isatty(2) == 1 }

  package init(isQuiet: Bool) { self.isQuiet = isQuiet }

  package func show(_ text: String) {
    guard !isQuiet else { return }
    Output.remark(isTerminal ? "\r\u{1b}[K\(text)" : text + "\n")
  }

  package func end() {
    if isTerminal, !isQuiet { Output.remark("\r\u{1b}[K") }
  }
}

/// A bar on a terminal, a line every few seconds elsewhere.
package final class Progress {
  private let label: String
  private let line: ProgressLine
  private let start_ns = HostClock.now_ns
  private var last_ns: Int64?

  package init(_ label: String, isQuiet: Bool) {
    self.label = label
    line = ProgressLine(isQuiet: isQuiet)
  }

  /// `share` 0 ... 1; `note` stands behind the bar, for example a rate.
  package func show(_ share: Double, note: String = "") {
    let now_ns = HostClock.now_ns
    guard let last_ns else {
      self.last_ns = now_ns
      if line.isTerminal { write(share, note, now_ns) }
      return
    }
    guard now_ns - last_ns >= (line.isTerminal ? 100_000_000 : 5_000_000_000) else { return }
    self.last_ns = now_ns
    write(share, note, now_ns)
  }

  private func write(_ share: Double, _ note: String, _ now_ns: Int64) {
    let elapsed_s = Double(now_ns - start_ns) / 1e9
    let left_s = share > 0.01 ? elapsed_s / share * (1 - share) : nil
    let remaining = left_s.map { ", \(Decimals.fixed($0, 0)) s left" } ?? ""
    let percent = Decimals.fixed(share * 100, 0).padded(left: 3) + " %"
    let filled = Int(share * 30)
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 30 - filled)
    line.show("\(label) \(line.isTerminal ? "[\(bar)] " : "")\(percent)\(remaining) \(note)")
  }

  package func end() { line.end() }
}
