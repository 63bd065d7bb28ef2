// What a reader sees of a watch (`hj_watch_status`).

package struct WatchView: BitwiseCopyable {
  package var id: UInt64 = 0
  package var state = WatchState.present
  package var kind: UInt32 = 0
  package var seenWall_us: Int64 = 0
  /// The open incident that it opened; 0 = none.
  package var incidentID: UInt64 = 0
  package var absence = AbsenceReading()
  package init() {}
}

extension EngineCore {
  func view(ofWatch slot: UInt32) -> WatchView {
    let record = watches[slot]
    var view = WatchView()
    view.id = record.id
    view.state = record.state
    view.kind = watches[description: slot].kind
    view.seenWall_us = known(record.seenWall_us)
    view.incidentID = record.incidentID
    view.absence = absence(slot)
    return view
  }
}
