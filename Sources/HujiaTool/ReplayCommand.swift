// hujia replay: a recorded run once more, without its threads and its clock, and whether everything came out the same.

import ArgumentParser
import HujiaDriver
import HujiaHostKit

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Apply a recorded run to an engine in poll mode and compare every turn.",
    discussion: """
      A recording holds each turn that changed the engine: its time, the positions it was given, its command, and what
      came of it. Applied again in that order they must give the same; where they do not, the first turn that differs
      is told. The map that the run used must still be where it was.

      Examples:
        hujia stress --map city.hjmap --record run.hjrec
        hujia replay run.hjrec
      """)

  @Argument(help: "A recording (hujia stress --record).") var recording: String

  func run() throws {
    let outcome = try RecordingFile.replay(recording)
    print(text(outcome))
    guard let first = outcome.first else { return }
    throw Failed(
      "turn \(first.turn) (\(first.command)) differs first, in its \(first.part.rawValue): "
        + "\(String(hex: first.recorded)) was recorded, \(String(hex: first.replayed)) came out",
      .mend("report this, with the recording"))
  }

  private func text(_ outcome: RecordedRun.Outcome) -> String {
    let commands = outcome.commands.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { "\($0.key) \(Thousands.text($0.value))" }.joined(separator: ", ")
    return """
      turns            \(Thousands.text(Int(outcome.turns)))
                       \(commands)
      positions        \(Thousands.text(outcome.positions)), of them \(Thousands.text(outcome.looks)) \
      because a decision looked again
      recorded         \(String(hex: outcome.recorded.value))
      replayed         \(String(hex: outcome.replayed.value))
      """
  }
}
