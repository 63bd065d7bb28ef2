#!/usr/bin/env python3
"""A host in Python through ctypes: the library is opened with dlopen, nothing is linked, no variable is set.

    python3 dispatcher.py [/usr/local/lib/libhujia.so.0]
"""

import ctypes
import sys
from ctypes import POINTER, Structure, byref, c_char_p, c_int32, c_int64, c_uint32, c_uint64, c_void_p, sizeof

RUN_POLL = 2
TIER_EMERGENCY = 1
EVENT_ESCALATION = 5
NAMES_CLOCK, NAMES_STEP = 6, 7


class Config(Structure):
    _fields_ = [
        ("size", c_uint32), ("run_mode", c_int32), ("map_path", c_char_p), ("plans_path", c_char_p),
        ("journal_path", c_char_p), ("max_units", c_uint32), ("max_incidents", c_uint32),
        ("max_assignments", c_uint32), ("event_capacity", c_uint32), ("datum", c_int32), ("reserved0", c_uint32),
        ("uv_loop", c_void_p), ("allocate", c_void_p), ("release", c_void_p), ("allocator_context", c_void_p),
        ("allocator_name", c_char_p), ("post_capacity", c_uint32), ("key_capacity", c_uint32),
        ("key_retention_s", c_uint32), ("snap_limit_m", c_uint32),
    ]


class Unit(Structure):
    _fields_ = [
        ("size", c_uint32), ("kind", c_uint32), ("id", c_uint64), ("agency", c_uint32), ("reserved0", c_uint32),
        ("capabilities", c_uint64), ("home_beat", c_uint32), ("crew", c_int32), ("activity", c_int32),
        ("lat_e7", c_int32), ("lon_e7", c_int32), ("reserved1", c_uint32), ("shift_end_wall_us", c_int64),
    ]


class Report(Structure):
    _fields_ = [
        ("size", c_uint32), ("tier", c_int32), ("type", c_uint32), ("lat_e7", c_int32), ("lon_e7", c_int32),
        ("flags", c_uint32), ("key_high", c_uint64), ("key_low", c_uint64), ("caller_hash", c_uint64),
        ("wall_us", c_int64), ("datum", c_int32), ("reserved0", c_uint32),
    ]


class ChosenUnit(Structure):
    _fields_ = [
        ("size", c_uint32), ("role", c_uint32), ("unit_id", c_uint64), ("assignment_id", c_uint64),
        ("travel_ms", c_uint32), ("turnout_ms", c_uint32), ("distance_dm", c_uint32), ("reason", c_int32),
    ]


class Dispatch(Structure):
    _fields_ = [
        ("size", c_uint32), ("incident_state", c_int32), ("assignment_count", c_uint32), ("tier", c_int32),
        ("incident_id", c_uint64), ("shortfall", c_uint32), ("plan", c_uint32), ("decided_in_ns", c_int64),
        ("chosen", ChosenUnit * 16),
    ]


class Event(Structure):
    _fields_ = [
        ("size", c_uint32), ("kind", c_int32), ("sequence", c_uint64), ("incident_id", c_uint64),
        ("assignment_id", c_uint64), ("unit_id", c_uint64), ("wall_us", c_int64), ("due_wall_us", c_int64),
        ("clock", c_int32), ("step", c_int32), ("reason", c_int32), ("state", c_int32), ("key_high", c_uint64),
        ("key_low", c_uint64), ("late_ns", c_int64), ("action", c_int32), ("cycle", c_int32), ("operator_id", c_uint64),
    ]


def main():
    library = ctypes.CDLL(sys.argv[1] if len(sys.argv) > 1 else "libhujia.so.0")
    library.hj_status_name.restype = library.hj_status_text.restype = library.hj_name.restype = c_char_p
    library.hj_engine_open.argtypes = [POINTER(Config), POINTER(c_void_p), c_void_p]
    library.hj_engine_close.argtypes = [c_void_p]
    library.hj_engine_poll.argtypes = [c_void_p, c_int64, c_int64, c_uint32, POINTER(c_int64)]
    library.hj_unit_put.argtypes = [c_void_p, POINTER(Unit)]
    library.hj_incident_report.argtypes = [c_void_p, POINTER(Report), POINTER(Dispatch)]
    library.hj_events_poll.argtypes = [c_void_p, POINTER(Event), c_uint32, POINTER(c_uint32)]

    def check(status):
        if not library.hj_is_taken(status):  # HJ_FULL is no error, and yet nothing was taken
            raise RuntimeError(f"{library.hj_status_name(status).decode()}: {library.hj_status_text(status).decode()}")
        return status

    config, engine = Config(), c_void_p()
    check(library.hj_config_init(byref(config), sizeof(config)))
    config.run_mode = RUN_POLL
    check(library.hj_engine_open(byref(config), byref(engine), None))
    for number, lat, lon in ((12, 377793000, -1224193000), (34, 377950000, -1223940000)):
        check(library.hj_unit_put(engine, byref(Unit(size=sizeof(Unit), id=number, lat_e7=lat, lon_e7=lon))))
    start = 1_700_000_000_000_000
    check(library.hj_engine_poll(engine, 0, start, 0, None))

    call = Report(size=sizeof(Report), tier=TIER_EMERGENCY, lat_e7=377599000, lon_e7=-1224148000, key_low=7)
    answer = Dispatch(size=sizeof(Dispatch))
    check(library.hj_incident_report(engine, byref(call), byref(answer)))
    for unit in answer.chosen[: answer.assignment_count]:
        print(f"unit {unit.unit_id} goes, {unit.travel_ms / 1000:.0f} s away")

    # Nobody signs: the engine escalates after 15, 30 and 45 s.
    events, count = (Event * 64)(), c_uint32()
    for seconds in (15, 30, 45):
        check(library.hj_engine_poll(engine, seconds * 1_000_000_000, start + seconds * 1_000_000, 0, None))
        events[0].size = sizeof(Event)
        check(library.hj_events_poll(engine, events, len(events), byref(count)))
        for event in events[: count.value]:
            if event.kind == EVENT_ESCALATION:
                clock = library.hj_name(NAMES_CLOCK, event.clock).decode()
                action = library.hj_name(NAMES_STEP, event.action).decode()
                print(f"after {seconds} s: escalation of {clock}, step {event.step}: {action}, unit {event.unit_id}")
    check(library.hj_engine_close(engine))


if __name__ == "__main__":
    main()
