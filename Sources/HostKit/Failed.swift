// The one error of the tool: where the fault is, what it is, and what mends it.

/// What a user can do about a failure. Each kind has one wording.
package enum Remedy: Equatable, Sendable {
  /// Another value for an option of the command.
  case give(_ option: String, _ value: String)
  /// A command of the tool makes what is missing.
  case run(_ command: String)
  /// Something outside the tool is to be mended first.
  case mend(_ act: String)
  /// The fault itself says what to do: it comes from the engine, the import or the map compiler.
  case stated

  package var text: String {
    switch self {
    case .give(let option, let value): return "give \(option) \(value)"
    case .run(let command): return "make it with `hujia \(command)`"
    case .mend(let act): return act
    case .stated: return ""
    }
  }
}

/// A failure that the user can mend: its text alone, exit code 1.
package struct Failed: Error, Equatable, CustomStringConvertible {
  /// The option, or the field of the configuration or of the plans, that is wrong; empty where the fault names a file.
  package let field: String
  package let fault: String
  package let remedy: Remedy

  package init(field: String = "", _ fault: String, _ remedy: Remedy = .stated) {
    self.field = field
    self.fault = fault
    self.remedy = remedy
  }

  package var description: String {
    [field, fault, remedy.text].filter { !$0.isEmpty }.joined(separator: ": ")
  }
}
