// The engine under stress, as a host opens it: its own loop thread, a plan of its own.

import CHujia
import HujiaHostKit

enum StressEngine {
  /// One unit for four calls in five, two or four for the rest: 1.3 units a call. A silence opens an incident within
  /// two seconds, so that short runs have whole chains.
  private static let plans = """
    {"version": 1, "capabilities": ["patrol", "medic", "rescue"], "plans": [
      {"name": "two", "types": [2], "units": [{"capabilities": ["patrol"]}, {"capabilities": ["medic"]}]},
      {"name": "four", "types": [3], "units": [
        {"capabilities": ["patrol"], "count": 2}, {"capabilities": ["medic"]}, {"capabilities": ["rescue"]}]},
      {"name": "one", "units": [{"capabilities": ["patrol"]}]}],
      "clocks": {"absence": {"limit_s": 3600, "steps": [
        {"do": "home_officer"}, {"after_s": 1, "do": "grid_worker"}, {"after_s": 1, "do": "open_incident"}]}}}
    """

  static func open(
    map: String, units: Int, watches: Int = 0, isReplayed: Bool = false, journal: String? = nil
  ) throws(Failed) -> Host {
    try Host(
      map: map, plans: .text(plans, name: "the plans of the stress run"),
      journal: journal.map { HostJournal($0) }
    ) { config in
      config.max_units = UInt32(units)
      if watches > 0 { config.max_watches = UInt32(watches) }
      // So large that nothing is full without reason, and so small that every table has been touched within seconds:
      // else a short run's resident memory would grow for no other cause.
      config.max_incidents = 1_024
      config.max_assignments = 2_048
      config.key_capacity = 2_048
      config.post_capacity = 1_024
      config.event_capacity = 16_384
      // Recorded vehicles go much faster than in life; invented ones drive a few metres from fix to fix.
      if isReplayed { config.max_speed_cms = .max }
    }
  }

  /// Everyone patrols; three in ten are medics, one in ten can rescue.
  static func put(unit: Int, at place: Location, into host: Host) throws(Failed) {
    var car = hj_unit()
    car.id = UInt64(unit + 1)
    car.crew = 2
    car.capabilities = 1 | (unit % 10 < 3 ? 2 : 0) | (unit % 10 == 9 ? 4 : 0)
    car.lat_e7 = place.lat_e7
    car.lon_e7 = place.lon_e7
    let status = host.put(car)
    guard status == HJ_OK else { throw Failed(field: "hj_unit_put", Host.text(status)) }
  }
}
