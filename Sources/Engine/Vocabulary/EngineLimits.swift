// How large the tables of one engine are.

import HujiaIngest

/// Table sizes, fixed at open.
package struct EngineLimits: BitwiseCopyable, Sendable {
  package var units: Int
  package var incidents: Int
  package var assignments: Int
  package var events: Int
  package var keys: Int
  package var keyRetention_ns: Int64
  /// The core asks it only how far ahead of now a watch's sign of life may lie.
  package var fixRules = FixRules()
  /// A position older than this is marked; `UInt32.max` = never.
  package var staleAfter_s: UInt32 = 900
  package var watches = 0
  /// Other programs whose last answers are remembered.
  package var clients = 0
  /// Types, agencies and beats with figures of their own; the others are counted together.
  package var figureTypes = 8
  package var figureAgencies = 4
  package var figureBeats = 8
  package var breaches = 64
  package init(
    units: Int, incidents: Int, assignments: Int, events: Int, keys: Int, keyRetention_ns: Int64
  ) {
    self.units = units
    self.incidents = incidents
    self.assignments = assignments
    self.events = events
    self.keys = keys
    self.keyRetention_ns = keyRetention_ns
  }

  /// Live assignments of all incidents, and units that one will not ask again: room for so many.
  var seats: Int { incidents * Self.chosen }
  /// Most units in one answer and on one incident (`HJ_CHOSEN_MAX`).
  package static var chosen: Int { 16 }
}
