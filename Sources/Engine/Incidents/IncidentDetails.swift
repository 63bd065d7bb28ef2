// What is kept of an incident and seldom asked for: beside the records, so that a walk over many of them stays short.

package struct IncidentDetails: BitwiseCopyable {
  /// Capabilities asked for beside the plan's.
  package var needs: UInt64 = 0
  /// Needs for which no other unit is sent, as in `IncidentRecord.servedSeats`; and those of them that belong to units
  /// that never arrived, as in `sparedSeats`.
  var servedNeeds: UInt64 = 0
  var sparedNeeds: UInt64 = 0
  package var reference = Reference()
  /// Of the newest act of a person, with `IncidentRecord.operatorID`.
  package var operatorSession: UInt64 = 0
  package var operatorRole: UInt32 = 0
  /// Of the call-back: the host's code.
  package var outcome: Int32 = 0
  /// In the order in which incidents got their keys and their references (`IncidentNames`).
  var keyNumber: UInt64 = 0
  var referenceNumber: UInt64 = 0
  /// The incident that it was held as a likely repeat of, until somebody answered; 0 = none.
  var repeatOf: UInt64 = 0
  /// Further calls about it that opened no incident.
  var calls: UInt32 = 0
  /// Units that were sent to its likely repeats.
  var repeatUnits: UInt32 = 0
  /// Units that graver calls took from it.
  var robbed: UInt32 = 0
}
