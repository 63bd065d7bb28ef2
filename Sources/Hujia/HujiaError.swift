// Errors in Swift carry the numbers of the C header, so that both faces say the same.

import HujiaDriver

/// Why a call failed; `code` is the number of the C header (`HJ_E_…`).
public struct HujiaError: Error, Equatable, Sendable, CustomStringConvertible {
  public let code: Int32
  /// The field at fault where one is known, for example `plans[3].units[0]`.
  public let field: String
  public let text: String

  init(_ status: Status, field: String = "", text: String = "") {
    code = status.rawValue
    self.field = field
    self.text = text.isEmpty ? Self.sentence(status.rawValue) : text
  }

  public static func == (a: HujiaError, b: HujiaError) -> Bool { a.code == b.code }

  public static let argument = HujiaError(.argument)
  public static let stale = HujiaError(.stale)
  public static let unknownUnit = HujiaError(.unknownUnit)
  /// The same code: what was named is not known.
  public static let unknownStreet = HujiaError(.unknownUnit)
  public static let unknownWatch = HujiaError(.unknownUnit)
  public static let state = HujiaError(.state)
  public static let conflict = HujiaError(.conflict)
  public static let range = HujiaError(.range)
  public static let plans = HujiaError(.plans)
  public static let map = HujiaError(.map)
  public static let busy = HujiaError(.busy)
  public static let full = HujiaError(.full)

  /// Whether what a call was about is in the engine's books after a status of the C header (`hj_is_taken`): not after
  /// an error, HJ_FULL, HJ_PASSED or HJ_TIMEOUT. (The calls of this module throw these, and answer HJ_PASSED by name.)
  public static func isTaken(_ code: Int32) -> Bool { Status(rawValue: code).isTaken }

  public var description: String { field.isEmpty ? text : "\(field): \(text)" }
}
