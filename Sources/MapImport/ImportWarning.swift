// What an import takes although it looks wrong, with what to do.

package struct ImportWarning: Sendable, Equatable {
  package enum Kind: String, Sendable {
    case shortRow = "short_row"
    case lastRow = "last_row"
    case length = "length_below_straight_line"
    case extent = "extent"
    case nullIsland = "at_0_0"
  }
  package let kind: Kind
  package let path: String
  /// Of the first one; 0 = the whole file.
  package let line: Int
  /// Of the first one.
  package let text: String
  package internal(set) var count = 1

  package var message: String {
    let place = line > 0 ? "\(path), line \(line)" : path
    return count > 1 ? "\(place), and \(count - 1) more: \(text)" : "\(place): \(text)"
  }
}
