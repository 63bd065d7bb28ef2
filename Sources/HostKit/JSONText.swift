// Figures as JSON: keys in a fixed order, so that two outputs compare line by line.

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
    do {
      return try JSONTree(value).text(
        isPretty: layout != .line, escapesSlashes: layout == .linesEscaped)
    } catch {
      throw Failed("these figures are no JSON (\(error))", .mend("report this"))
    }
  }
}
