// What an import takes although it looks wrong, with what to do.

package struct ImportWarning: Sendable, Equatable {
  package enum Kind: String, Sendable {
    case shortRow = "short_row"
    case lastRow = "last_row"
    case length = "length_below_straight_line"
    case extent = "extent"
    case nullIsland = "at_0_0"
    case noOneWay = "no_one_way"
    case speeds = "speeds_filled"
    case parts = "largest_part"
    case islands
  }
  /// Whether a street is shorter than the straight line between its ends, by more than what ellipsoids, rounding and
  /// roads drawn roughly make of it: a fiftieth and 10 m.
  static func isTooShort(_ length_mm: UInt64, straight_mm: UInt64) -> Bool {
    length_mm * 50 + 500_000 < straight_mm * 49
  }

  package let kind: Kind
  package let path: String
  /// Of the first one; 0 = the whole file.
  package let line: Int
  /// Of the first one.
  package let text: String
  package internal(set) var count = 1

  package var message: String { message(path) }

  /// Without the folders of the machine that imported.
  var shortMessage: String {
    message(path.split(separator: "/").last.map(String.init) ?? path)
  }

  private func message(_ path: String) -> String {
    let place = line > 0 ? "\(path), line \(line)" : path
    return count > 1 ? "\(place), and \(count - 1) more: \(text)" : "\(place): \(text)"
  }
}
