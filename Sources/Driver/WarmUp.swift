// What the Swift runtime does once for a process, done before the first open and nowhere else: it makes types of
// generics, and starts globals, under locks of its own. A child forked meanwhile would find them held for ever, so a
// fork waits for the end of this (CBaton/process.c). Must never: call the host, wait for anything, take long.

import CHujiaBaton
import HujiaContainers
import HujiaEngine
import HujiaRoads

enum WarmUp {
  /// What is warm by now, each for itself: what fails for want of memory is tried again by the next open.
  enum Kind: Int32 {
    case engine = 0  // HUJIA_WARM_ENGINE
    case loop = 1
    case defaults = 2
    case calls = 3
    case tests = 4
  }

  /// Runs `body` unless it has succeeded before in this process. Cancellation is off: a thread that ended in here would
  /// keep the lock for ever.
  static func once(_ kind: Kind, _ body: () -> Bool) {
    Cancellation.off {
      guard hujia_begin_warm_up(kind.rawValue) != 0 else { return }
      hujia_end_warm_up(kind.rawValue, body() ? 1 : 0)
    }
  }

  /// The inside of an engine.
  static func engine() {
    once(.engine) {
      // Little memory: the engine that is being opened will say so.
      do throws(Failure) { try run() } catch { return false }
      return true
    }
  }

  /// A small engine without streets and loop, and plans that name everything once.
  private static func run() throws(Failure) {
    try AddressSpace.check(AddressSpace.ofEngine, "an engine")
    var configuration = Configuration()
    configuration.runMode = .poll
    configuration.maxUnits = 1
    configuration.maxIncidents = 1
    configuration.maxAssignments = 1
    configuration.eventCapacity = 16
    configuration.postCapacity = 1
    configuration.maxWatches = 1
    configuration.maxClients = 0
    configuration.figureTypes = 0
    configuration.figureAgencies = 0
    configuration.figureBeats = 0
    configuration.breachCapacity = 0
    try configuration.check()
    let driver = try EngineDriver.unfiled(configuration)
    for text in [plans, brokenText, brokenPlans] {
      do throws(Failure) {
        try driver.loadPlans(
          UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
      } catch {
        guard error.status == .plans else { throw error }
        // The good ones end early where a new rule refuses them, and leave the rest cold.
        assert(text.utf8Start != plans.utf8Start, error.text)
        _ = error.text.utf8.count
      }
    }
    _ = try driver.openTraffic()
    _ = driver.poll(now_ns: 0, wall_us: 0, most: 0)
    withUnsafeTemporaryAllocation(of: Event.self, capacity: 1) { _ = driver.takeEvents(into: $0) }
  }

  private static let brokenText: StaticString = "{\"version\": 1, \"plans\": [}"
  private static let brokenPlans: StaticString =
    "{\"version\": 1, \"capabilities\": [\"medic\"], \"plans\": [{\"units\": [{\"capabilities\": [\"medc\"]}]}]}"
  private static let plans: StaticString = """
    {"version": 1, "name": "warm", "time_zone": "+08:00", "capabilities": ["medic"],
     "turnout_s": {"default": 60, "kinds": {"1": 30}}, "levels": {"meal": "available"},
     "types": [{"code": 1, "name": "x", "tier": "urgent"}], "tiers": {"urgent": {"arrive_s": 900}},
     "areas": [{"name": "a", "polygon": [[121.4, 31.2], [121.5, 31.2], [121.5, 31.3]]}],
     "clocks": {"acknowledge": {"limit_s": 15, "steps": [{"do": "notify_again"}], "repeat_s": 300,
       "tiers": {"preventive": {"limit_s": 600, "steps": [{"do": "supervisor"}]}}}},
     "plans": [
       {"name": "x", "types": [1], "tiers": ["urgent"], "areas": ["a"], "hours": [[22, 6]],
        "units": [{"role": "first", "count": 2, "capabilities": ["medic"], "agency": 1}],
        "radius_m": 20000, "arrive_s": 600, "profile": "response"},
       {"name": "y", "types": [2], "units": [{}]}]}
    """
}
