// Read first. Street data of others becomes a draft of a map here: tables and DIMACS files in, a `MapDraft` and an
// honest report out. Offline; never linked into the library.

/// Why an import failed, and what to do.
package enum ImportError: Error, Equatable, Sendable {
  case file(path: String, reason: String)
  /// No text at all; `kind` says what it is and what to do.
  case binary(path: String, kind: String)
  case columns(path: String, missing: [String], found: [String])
  case refused(count: Int, rows: [String])
  case empty(path: String)
  case format(path: String, line: Int, reason: String)
  /// A place that is no line: a block, a byte; empty = none is known.
  case damaged(path: String, place: String, reason: String)
  case option(String)

  package var message: String {
    switch self {
    case .file(let path, let reason): return "cannot read \(path): \(reason)"
    case .binary(let path, let kind): return "cannot read \(path): it is \(kind)"
    case .columns(let path, let missing, let found):
      return
        "\(path) lacks \(missing.joined(separator: ", ")); its columns are \(found.joined(separator: ", ")). "
        + (missing.first.map { TableOptions.known.contains($0) } == true
          ? "Map a foreign header with --column \(missing[0])=HEADER"
          : "Check the --column options")
    case .refused(let count, let rows):
      let shown = rows.prefix(10).map { "\n  " + $0 }.joined()
      let more = count > 10 ? "\n  and \(count - 10) more" : ""
      return
        "\(count) row(s) cannot be read, so no map was written:\(shown)\(more)\n"
        + "Mend them, or leave them out with --max-refused \(count)"
    case .empty(let path): return "\(path) holds no rows"
    case .format(let path, let line, let reason): return "\(path), line \(line): \(reason)"
    case .damaged(let path, let place, let reason):
      return place.isEmpty ? "cannot read \(path): \(reason)" : "\(path), \(place): \(reason)"
    case .option(let text): return text
    }
  }
}

/// What an import saw and did.
package struct ImportReport: Sendable {
  package var nodes = 0
  package var streets = 0
  package var oneWay = 0
  package var duplicates = 0
  /// Streets that end where they begin, kept in two pieces each.
  package var rings = 0
  package var speedsFilled = 0
  /// Where the data come from, as its licence wants it said; empty = nothing is known.
  package var attribution = ""
  package var licence = ""
  /// What else was done, a line each.
  package var notes: [String] = []
  /// Of a table that another source gave directions.
  package var directions: DirectionCounts?
  /// What is not in the map, or not as the source has it.
  package var leftOut = LeftOutCounts()
  /// Turn restrictions that were read, by kind.
  package var restrictionKinds: [String: Int] = [:]
  /// How many of them the map obeys.
  package var restrictionsApplied = 0
  package var refused: [String] = []
  package var refusedCount = 0
  /// What was taken although it looks wrong, each kind once.
  package var warnings: [ImportWarning] = []
  package init() {}

  /// Counts what looks wrong: the first of a kind gives its place and words.
  mutating func warn(_ kind: ImportWarning.Kind, _ path: String, line: Int, _ text: String) {
    if let known = warnings.firstIndex(where: { $0.kind == kind }) {
      warnings[known].count += 1
    } else {
      warnings.append(ImportWarning(kind: kind, path: path, line: line, text: text))
    }
  }

  /// Keeps the first hundred refusals in words and counts the rest.
  mutating func refuse(_ path: String, line: Int, _ reason: String) {
    refusedCount += 1
    if refused.count < 100 { refused.append("\(path), line \(line): \(reason)") }
  }

  /// Fails when more rows were refused than the options allow.
  func check(_ options: TableOptions) throws(ImportError) {
    guard refusedCount > options.mostRefused else { return }
    throw .refused(count: refusedCount, rows: refused)
  }
}

/// Called now and then with the share done, 0 ... 1.
package typealias ImportProgress = (Double) -> Void
