// The response plan that goes with an invented city: the units that its record sends.

enum InventedPlan {
  static let text = """
    {
      "version": 1,
      "name": "An invented city",
      "comment": "GENERATED. Capabilities are the lower-case unit types; als = paramedic aboard; medics can transport.",
      "time_zone": "-08:00",
      "capabilities": ["engine", "truck", "medic", "als", "transport", "chief"],
      "turnout_s": { "default": 60 },
      "priority_tiers": { "3": "emergency", "2": "urgent" },
      "types": [
        { "code": 1, "name": "Medical Incident" }, { "code": 2, "name": "Structure Fire" },
        { "code": 3, "name": "Alarms" }, { "code": 4, "name": "Traffic Collision" },
        { "code": 5, "name": "Outside Fire" }, { "code": 6, "name": "Other" }
      ],
      "plans": [
        {
          "name": "medical or collision, emergency", "types": [1, 4], "tiers": ["emergency"],
          "units": [{ "capabilities": ["engine"] }, { "capabilities": ["transport"] }]
        },
        { "name": "medical", "types": [1], "units": [{ "capabilities": ["transport"] }] },
        {
          "name": "structure fire", "types": [2],
          "units": [{ "capabilities": ["engine"] }, { "capabilities": ["truck"] }]
        },
        {
          "name": "alarm", "types": [3],
          "units": [
            { "capabilities": ["engine"] }, { "capabilities": ["truck"] }, { "capabilities": ["chief"] }
          ]
        },
        { "name": "anything else", "units": [{ "capabilities": ["engine"] }] }
      ]
    }

    """
}
