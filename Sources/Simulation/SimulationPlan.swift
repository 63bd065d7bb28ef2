// The plan of the simulation, as the engine reads it and, beside it, the same numbers as the model expects them.

import CHujia

enum SimulationPlan {
  static let text = """
    {
      "version": 1, "name": "simulation",
      "capabilities": ["patrol", "medical", "fire"],
      "turnout_s": { "default": 30, "kinds": { "2": 60 } },
      "tiers": {
        "emergency": { "respond_s": 60, "arrive_s": 480, "arrive_vulnerable_s": 300, "resolve_s": null },
        "urgent": { "respond_s": 300, "arrive_s": 900, "arrive_vulnerable_s": 600, "resolve_s": 14400 },
        "routine": { "respond_s": 1800, "arrive_s": null, "arrive_vulnerable_s": null, "resolve_s": 7200 },
        "preventive": { "respond_s": null, "arrive_s": null, "arrive_vulnerable_s": null, "resolve_s": 86400 }
      },
      "clocks": {
        "acknowledge": {
          "limit_s": 15,
          "steps": [
            { "do": "notify_again" }, { "after_s": 15, "do": "next_unit" }, { "after_s": 15, "do": "supervisor" }
          ],
          "repeat_s": 120
        },
        "pending": { "steps": [{ "do": "supervisor" }, { "after_s": 60, "do": "tell_caller" }], "repeat_s": 300 },
        "arrival": { "steps": [{ "do": "supervisor" }, { "after_s": 90, "do": "suggest_exchange" }], "repeat_s": 300 },
        "resolve": { "steps": [{ "do": "supervisor" }], "repeat_s": 3600 }
      },
      "preempt": [
        { "for": "emergency", "from": ["routine", "preventive"], "near_arrival_s": 30, "margin_s": 60, "robbed_max": 2 },
        { "for": "urgent", "from": ["preventive"], "near_arrival_s": 0, "margin_s": 90, "robbed_max": 3 }
      ],
      "plans": [
        {
          "name": "crash", "types": [2],
          "units": [
            { "role": "patrol", "capabilities": ["patrol"], "count": 2 },
            { "role": "ambulance", "capabilities": ["medical"] },
            { "role": "rescue", "capabilities": ["fire", "medical"] }
          ]
        },
        { "name": "fire", "types": [3], "units": [{ "role": "engine", "capabilities": ["fire"], "count": 3 }] },
        { "name": "by hand", "types": [4], "dispatch": "manual" },
        { "name": "anything else", "units": [{ "count": 1 }] }
      ]
    }
    """

  static let manualType: UInt32 = 4
  /// By whichever of the two rules.
  static let mostRobbed = 3

  /// Milliseconds; nil = no limit.
  static func respond_ms(_ tier: Int32) -> Int64? {
    [HJ_TIER_EMERGENCY: 60_000, HJ_TIER_URGENT: 300_000, HJ_TIER_ROUTINE: 1_800_000][tier]
  }
  static func arrive_ms(_ tier: Int32, isVulnerable: Bool) -> Int64? {
    [
      HJ_TIER_EMERGENCY: isVulnerable ? 300_000 : 480_000,
      HJ_TIER_URGENT: isVulnerable ? 600_000 : 900_000,
    ][tier]
  }
  static func resolve_ms(_ tier: Int32) -> Int64? {
    [HJ_TIER_URGENT: 14_400_000, HJ_TIER_ROUTINE: 7_200_000, HJ_TIER_PREVENTIVE: 86_400_000][tier]
  }
  static let acknowledge_ms: Int64 = 15_000

  /// Delays after the step before, and what each step does.
  static func steps(_ clock: Int32) -> [(after_ms: Int64, action: Int32)] {
    switch clock {
    case HJ_CLOCK_ACKNOWLEDGE:
      return [(0, HJ_STEP_NOTIFY_AGAIN), (15_000, HJ_STEP_NEXT_UNIT), (15_000, HJ_STEP_SUPERVISOR)]
    case HJ_CLOCK_PENDING: return [(0, HJ_STEP_SUPERVISOR), (60_000, HJ_STEP_TELL_CALLER)]
    case HJ_CLOCK_ARRIVAL: return [(0, HJ_STEP_SUPERVISOR), (90_000, HJ_STEP_SUGGEST_EXCHANGE)]
    default: return [(0, HJ_STEP_SUPERVISOR)]
    }
  }

  static func repeat_ms(_ clock: Int32) -> Int64 {
    switch clock {
    case HJ_CLOCK_ACKNOWLEDGE: return 120_000
    case HJ_CLOCK_RESOLVE: return 3_600_000
    default: return 300_000
    }
  }
}
