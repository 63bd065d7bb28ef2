// The engine of a replay: a new one, one with a journal, or one that goes on where another died.

import Glibc
import HujiaHostKit

package struct ReplayHosts {
  private let map: String?
  private let plans: String?
  private let units: Int
  private let incidents: Int
  private let journal: String?
  /// The journal of the engine that runs beside the one that was opened again.
  private let beside = Output.temporary("hujia-resume-\(getpid())")

  package init(map: String?, plans: String?, units: Int, incidents: Int, journal: String?) {
    self.map = map
    self.plans = plans
    self.units = units
    self.incidents = incidents
    self.journal = journal
  }

  private func open(_ journal: String?) throws(Failed) -> Host {
    try Replay.open(
      map: map, plans: plans, units: units, incidents: incidents,
      journal: journal.map { HostJournal($0) })
  }

  package func begun() throws(Failed) -> Host { try open(journal) }

  /// What the journal has is done once more beside its engine, which then goes on.
  package func resumed() throws(Failed) -> Host {
    let opened = try open(journal)
    HostJournal.remove(beside)
    let host = try open(beside)
    host.handOver(to: opened)
    return host
  }

  package func removeTemporary() { HostJournal.remove(beside) }
}
