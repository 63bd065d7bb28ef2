// Progress on standard error: a bar on a terminal, a line every few seconds elsewhere. Standard output stays clean.

import Foundation

final class Progress {
  private let label: String
  private let isTerminal = isatty(2) == 1
  private let isQuiet: Bool
  private let start = Date()
  private var last = Date.distantPast

  init(_ label: String, isQuiet: Bool) {
    self.label = label
    self.isQuiet = isQuiet
  }

  /// `share` 0 ... 1; `note` stands behind the bar, for example a rate.
  func show(_ share: Double, note: String = "") {
    guard !isQuiet else { return }
    let now = Date()
    let pause = isTerminal ? 0.1 : 5
    guard now.timeIntervalSince(last) >= pause else { return }
    if last == .distantPast, !isTerminal {
      last = now
      return
    }
    last = now
    let elapsed = now.timeIntervalSince(start)
    let left = share > 0.01 ? elapsed / share * (1 - share) : nil
    let remaining = left.map { String(format: ", %.0f s left", $0) } ?? ""
    let percent = String(format: "%3.0f %%", share * 100)
    if isTerminal {
      let filled = Int(share * 30)
      let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 30 - filled)
      write("\r\u{1b}[K\(label) [\(bar)] \(percent)\(remaining) \(note)")
    } else {
      write("\(label) \(percent)\(remaining) \(note)\n")
    }
  }

  func end() {
    if isTerminal, !isQuiet { write("\r\u{1b}[K") }
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
