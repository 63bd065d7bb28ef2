// What waits in the ring of posts, which a process that is killed leaves in the ring's file (`RingArea`).

import HujiaEngine
import HujiaRoads

/// A report, and the person that posted it, if one did. It is laid out as a report alone, which is all that an earlier
/// library reads there: where a post lies on the streets is found when its turn comes, and until then the bytes of its
/// place hold the person.
struct Posted: BitwiseCopyable {
  private var stored: IncidentReport

  init(report: IncidentReport, act: Act) {
    stored = report
    stored.place = Place(holding: act)
  }

  /// Its place is not known.
  var report: IncidentReport {
    @inline(__always) get {
      var report = stored
      report.place = .nowhere
      return report
    }
  }

  var act: Act { @inline(__always) get { stored.place.heldAct } }
}

extension Place {
  @inline(__always)
  fileprivate init(holding act: Act) {
    self.init(
      street: UInt32(truncatingIfNeeded: act.operatorID),
      offset_mm: UInt32(truncatingIfNeeded: act.operatorID >> 32), node: act.reason,
      gap_dm: act.role, lat_e7: Int32(truncatingIfNeeded: act.sessionID),
      lon_e7: Int32(truncatingIfNeeded: act.sessionID >> 32), isOffNetwork: false)
  }

  fileprivate var heldAct: Act {
    @inline(__always) get {
      Act(
        operatorID: UInt64(street) | UInt64(offset_mm) << 32, reason: node, role: gap_dm,
        sessionID: UInt64(UInt32(bitPattern: lat_e7)) | UInt64(UInt32(bitPattern: lon_e7)) << 32)
    }
  }
}

/// As a library between had it, with a part of the second layout; read, and never written.
struct WiderPost: BitwiseCopyable {
  var report: IncidentReport
  var act: Act
}
