// Figures as JSON: keys in a fixed order, so that two outputs compare line by line.

import FoundationEssentials

package enum JSONText {
  package enum Layout {
    /// One line.
    case line
    /// A line for each value.
    case lines
    /// The same, with slashes as JSON also allows them: \/
    case linesEscaped
  }

  package static func of(_ value: some Encodable, _ layout: Layout) throws(Failed) -> String {
    let encoder = JSONEncoder()
    switch layout {
    case .line: encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    case .lines:
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    case .linesEscaped: encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    }
    do {
      return String(decoding: try encoder.encode(value), as: UTF8.self)
    } catch {
      throw Failed("these figures are no JSON (\(error))", .mend("report this"))
    }
  }
}
