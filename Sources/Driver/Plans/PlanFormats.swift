// Which words of a plans file came with which format of the journal. A plan stands on record as its text: in a folder
// of an older format it may say only what the version of the library that wrote that format reads (decision 38).

import HujiaEngine
import HujiaJournal

enum PlanFormats {
  /// A member by its path without places in lists; a word that is a value stands behind "=". What stands below one that
  /// is listed came with it. Every other word is of format 1 or 2: `scripts/plans-schema --check` holds that a new one
  /// is listed.
  static let since: [(place: String, format: UInt32)] = [
    ("areas.polygons", 3),
    ("beats", 3),
    ("plans.agencies", 3),
    ("plans.alarms", 3),
    ("plans.beat_depth", 3),
    ("plans.beat_for_s", 3),
    ("plans.days", 3),
    ("plans.mode=beat_first", 3),
    ("plans.repeats", 3),
    ("plans.units.any_of", 3),
    ("plans.units.min_crew", 3),
    ("preempt", 3),
  ]

  /// Refuses a text that says what `format` does not have, by its first such word. O(text); nothing in the newest
  /// format. No text is the built-in plans.
  static func refuseWords(
    of text: UnsafeRawBufferPointer, beyond format: UInt32
  ) throws(Failure) {
    guard format < JournalFormat.newest, !text.isEmpty else { return }
    let later = Dictionary(
      uniqueKeysWithValues: since.filter { $0.format > format }.map { ($0.place, $0.format) })
    let root: PlanValue
    do throws(PlanError) { root = try PlanTextReader.read(text) } catch { throw error.failure }
    guard let found = first(of: later, in: PlanField(path: "", value: root), place: "") else {
      return
    }
    throw Failure(
      .unsupported, field: found.field.path,
      "\(found.field.path) came with format \(found.format), and the journal is of format \(format): leave it out, or close the engine and run `hujia journal upgrade`"
    )
  }

  /// The first in the text's order.
  private static func first(
    of later: [String: UInt32], in field: PlanField, place: String
  ) -> (field: PlanField, format: UInt32)? {
    switch field.value {
    case .object(let members):
      for member in members where member.key != "comment" {
        let below = place.isEmpty ? member.key : "\(place).\(member.key)"
        let inner = field.at(member.key, member.value)
        if let format = later[below] { return (inner, format) }
        if let found = first(of: later, in: inner, place: below) { return found }
      }
    case .array(let elements):
      for (index, element) in elements.enumerated() {
        let inner = PlanField(path: "\(field.path)[\(index)]", value: element)
        if let found = first(of: later, in: inner, place: place) { return found }
      }
    case .string(let word):
      if let format = later["\(place)=\(word)"] { return (field, format) }
    default: break
    }
    return nil
  }
}
