// What the commands say of themselves: each has an abstract and examples, and every example is one that it takes.

import ArgumentParser
import Testing

@testable import HujiaTool

struct CommandTests {
  private static var commands: [any ParsableCommand.Type] {
    HujiaCommand.configuration.subcommands.flatMap { [$0] + $0.configuration.subcommands }
  }

  /// Lines of a discussion that show the command at work, as words; what follows two spaces is a remark.
  private static func examples(_ text: String) -> [[String]] {
    text.split(separator: "\n").map { $0.drop { $0 == " " } }.filter { $0.hasPrefix("hujia ") }
      .map { line in
        var words: [String] = []
        // As a shell takes it: what stands between quotes is one word.
        for (place, piece) in line.split(separator: "\"", omittingEmptySubsequences: false)
          .enumerated()
        {
          if place % 2 == 1 {
            words.append(String(piece))
            continue
          }
          let plain = place == 0 ? piece : piece.drop { $0 == " " }
          for word in plain.split(separator: " ", omittingEmptySubsequences: false) {
            if word == ">" || word.isEmpty { break }
            words.append(String(word))
          }
        }
        return Array(words.dropFirst())
      }
  }

  @Test func everyCommandSaysWhatItDoesAndHow() throws {
    #expect(Self.commands.count >= 13)
    for command in Self.commands {
      let configuration = command.configuration
      let name = try #require(configuration.commandName)
      #expect(!configuration.abstract.isEmpty, "\(name)")
      #expect(configuration.discussion.contains("Examples:"), "\(name)")
      let own = Self.examples(configuration.discussion).filter { $0.prefix(2).contains(name) }
      #expect(!own.isEmpty, "\(name)")
    }
  }

  @Test func everyExampleIsTaken() {
    let texts =
      [HujiaCommand.configuration.discussion] + Self.commands.map { $0.configuration.discussion }
    let lines = texts.flatMap(Self.examples)
    #expect(lines.count > 20)
    for words in lines {
      do {
        _ = try HujiaCommand.parseAsRoot(words)
      } catch {
        Issue.record("hujia \(words.joined(separator: " ")): \(HujiaCommand.message(for: error))")
      }
    }
  }

  @Test func wrongWordsAreRefused() {
    func message(_ words: String...) -> String {
      do {
        _ = try HujiaCommand.parseAsRoot(words)
        return ""
      } catch {
        return HujiaCommand.message(for: error)
      }
    }
    let datum = "--datum mars: wgs84, gcj02 or bd09."
    #expect(message("run", "--city", "c", "--datum", "mars") == datum)
    #expect(
      message("import", "--nodes", "n", "--edges", "e", "--output", "o", "--datum", "mars") == datum
    )
    #expect(message("run", "--city", "c", "--datum", "gcj02") == "")
    #expect(message("generate-city", "--output", "c", "--size", "huge").contains("--size huge"))
    #expect(message("run", "--city", "c", "--drive", "fast").contains("recorded"))
    #expect(message("sail").contains("sail"))
  }
}
