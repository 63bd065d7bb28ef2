"""What the header cannot say of itself, and only that: which numbers are no words, and what Swift calls its types.

Everything else is read from the header.
"""

# Numbers whose names look like a vocabulary's, and are none of its words.
WORDLESS = {"HJ_CHOSEN_MAX", "HJ_REPEATS_MAX", "HJ_FIGURES_OTHER", "HJ_FIGURES_UNKNOWN", "HJ_FIGURES_TABLE_FULL",
            "HJ_EVENT_FLAG_REPEATED", "HJ_EVENT_FLAG_NOT_DURABLE", "HJ_EVENT_FLAG_CATCH_UP",
            "HJ_PAGE_MAX"}

# Statuses that are no failure; those that are one begin with HJ_E_.
RESULTS = {"HJ_OK", "HJ_EXISTS", "HJ_FULL", "HJ_MANUAL", "HJ_UNCHANGED", "HJ_PARTIAL", "HJ_TIME_BACKWARDS",
           "HJ_PASSED", "HJ_HELD", "HJ_TIMEOUT", "HJ_CHANGED"}

# What Swift calls a constant where the usual way of writing it would not do.
SWIFT_NAMES = {"HJ_SOURCE_APP_SOS": "appSOS", "HJ_E_UNKNOWN": "unknownUnit", "HJ_E_INTERNAL": "internalFault"}

# What comments say of C, as Swift says it. A comment with other names of C is left out in Swift.
SPOKEN = {
    "HJ_REASON_SIGN_OF_LIFE, _PAUSED or _CLOSED": "signOfLife, paused or closed",
    "HJ_EVENT_ALARM": "the alarm's event", "HJ_TIER_...": "a tier", "HJ_E_UNSUPPORTED": "unsupported",
    "hj_unit_check_in": "a check-in", "hj_incident_called_back": "the call-back", "hj_incident_set_lead": "the lead is set",
    "hj_incident_post": "a post", "the hj_status": "the status's number", "hj_engine_poll": "a poll",
    "the first hj_traffic_report": "the first report of traffic", "hj_traffic_report": "such a report",
    "hj_engine_open": "opening", "max_assignments": "maxAssignments", "snap_limit_m": "the snapping limit",
    "stall_ms": "the limit of a stall",
    "unit_id": "unitID", "incident_id": "incidentID", "watch_id": "watchID", "operator_id": "operatorID",
    "due_wall_us": "due_us",
}


def words(vocabulary, name, about, **more):
    """One Swift type: an enum, or an option set where the vocabulary is bits.

    raw: its raw type; skips: words that it has not; none: it has a `none = 0` that the header has not;
    inside: the type that it is nested in; conforms: protocols; access, where it is not the file's; header: it has the
    initializer `init?(header:)`.
    """
    return {"vocabulary": vocabulary, "name": name, "about": about, **more}


PLAIN = "BitwiseCopyable, Sendable"
CASES = PLAIN + ", CaseIterable"
OPEN = "Sendable, CaseIterable"

# The Swift files: their types, in order. `access` and `conforms` hold where a type says nothing else.
SWIFT = [
    {"path": "Sources/Engine/Vocabulary/Vocabulary.swift", "access": "package", "conforms": CASES, "has_statuses": True,
     "about": "The field's words as values. What follows from them is in States.swift.",
     "types": [
         words("tier", "Tier", "How pressing an incident is. Named, never a bare integer; `none` only in a report: "
               "\"by the type\".", raw="UInt8", access="public", header=True),
         words("level", "Level", "Whether a unit may be sent.", raw="UInt8"),
         words("activity", "Activity", "What a unit is doing.", raw="UInt8", skips=["NONE"]),
         words("clock", "ClockKind", "The promises the engine keeps time of.", raw="UInt8", skips=["NONE"]),
         words("clock_state", "ClockState", "What a clock is doing.", conforms=PLAIN),
         words("step", "StepAction", "What a step of a clock's chain asks for.", raw="UInt8"),
         words("incident", "IncidentState", "An incident's state is derived from its most advanced live assignment; "
               "nobody sets it by hand.", none=True, conforms=PLAIN),
         words("assignment", "AssignmentState", "Where one unit stands on one incident. Order = forward order up to "
               "`cleared`; the rest end it too.", none=True, conforms=PLAIN),
         words("event", "EventKind", "What an event says.", conforms=PLAIN),
         words("reason", "Reason", "Why a unit was chosen or something changed.", conforms=PLAIN),
         words("shortfall", "Shortfall", "Why fewer units were sent than the plan asks for.", conforms=PLAIN,
               skips=["NONE"]),
         words("watch", "WatchState", "What a watch shows.", conforms=PLAIN),
         words("figures", "FigureDimension", "By what figures are asked."),
         words("interval", "FigureInterval", "From what to what."),
     ]},
    {"path": "Sources/Geography/Vocabulary.swift", "access": "package", "conforms": "Sendable",
     "about": "Datums by the numbers of the C header.",
     "types": [
         words("datum", "Datum", "The coordinate system of a feed. There and back again is the same place to 1e-7 "
               "degrees on the mainland. At its outline a shift begins at once: of the places outside, those up to "
               "1.5 km from it cannot be told from shifted ones, and count as shifted.", skips=["DEFAULT"]),
     ]},
    {"path": "Sources/Routing/Vocabulary.swift", "access": "package", "conforms": PLAIN,
     "about": "Directions by the numbers of the C header.",
     "types": [
         words("direction", "Direction", "Along a street's points, or against them.", inside="StreetIndex"),
     ]},
    {"path": "Sources/Driver/Vocabulary.swift", "access": "package", "conforms": "Sendable",
     "about": "How an engine is set up, by the numbers of the C header.",
     "types": [
         words("run", "RunMode", "What moves the engine."),
         words("map", "MapMemory", "Where the map lives."),
         words("traffic", "TrafficUse", "When an engine takes what traffic needs."),
         words("telemetry", "Telemetry", "What of positions, heartbeats and street times is on record."),
         words("events_when", "EventsWhen", "When events can be read."),
         words("digest", "HashKind", "The hash over what is on record."),
     ]},
    {"path": "Sources/Hujia/Vocabulary.swift", "access": "public", "conforms": OPEN,
     "about": "The field's words, by the numbers of the C header.",
     "types": [
         words("datum", "Datum", "How the coordinates of a map are drawn. GCJ-02 and BD-09 differ from WGS-84 on "
               "China's mainland alone.", skips=["DEFAULT"]),
         words("tier", "Tier", "How pressing an incident is.", skips=["NONE"]),
         words("activity", "Activity", "What a unit is doing; the plans map it to whether it may be sent.",
               skips=["NONE"]),
         words("incident", "IncidentState", "Where an incident stands."),
         words("assignment", "AssignmentState", "Where one unit stands on one incident, in forward order up to "
               "`cleared`."),
         words("clock", "Clock", "The promises that the engine keeps time of.", skips=["NONE"]),
         words("clock_state", "State", "What a clock is doing.", inside="ClockStatus"),
         words("step", "Step", "What a step of a clock's chain asks for. The engine carries out `nextUnit`, `backup`, "
               "`firstLeads` and `openIncident`, the host the others."),
         words("event", "Kind", "What an event says.", inside="Event", conforms="Sendable"),
         words("reason", "Reason", "Why a unit was chosen, or why something changed."),
         words("source", "Source", "How a report came in.", skips=["NONE"]),
         words("shortfall", "Shortfall", "Why fewer units were sent than the plan asks for.", skips=["NONE"],
               conforms="Sendable"),
         words("chosen", "ChosenMarks", "What there is to know of a chosen unit beside why it was chosen.",
               conforms="Sendable"),
         words("profile", "Profile", "How one drives: with lights and sirens, or as everybody. Maps with one travel "
               "time answer both alike.", skips=["DEFAULT"]),
         words("watch", "WatchState", "What a watch shows.", conforms="Sendable"),
         words("interval", "Interval", "From what to what."),
         words("mode", "EngineMode", "How the engine works.", conforms="Sendable"),
         words("health", "Health", "Why the engine, or its journal, is not as good as it could be.",
               conforms="Sendable"),
         words("telemetry", "Telemetry", "What of positions, heartbeats and street times is on record.",
               conforms="Sendable"),
         words("events_when", "EventsWhen", "When events can be read.", conforms="Sendable"),
         words("digest", "JournalDigest", "The hash over what is on record.", conforms="Sendable"),
         words("traffic", "TrafficMemory", "When an engine takes the memory for live traffic, a second set of tables "
               "for travel times.", conforms="Sendable"),
         words("direction", "Direction", "Along the street's points, or against them.", inside="StreetTime",
               conforms="Sendable"),
     ]},
]

# The words that plans are written in: what Swift calls the list, the vocabulary, the type, words that plans may not
# say (the engine's own, or none).
PLAN_WORDS = [
    ("tiers", "tier", "Tier", {"NONE"}),
    ("levels", "level", "Level", set()),
    ("activities", "activity", "Activity",
     {"NONE", "EN_ROUTE", "ON_SCENE", "TRANSPORTING", "AT_DESTINATION"}),
    ("clocks", "clock", "ClockKind", {"NONE", "APPOINTMENT"}),
    ("steps", "step", "StepAction", set()),
    ("profiles", "profile", "ProfileRule", {"DEFAULT"}),
]
