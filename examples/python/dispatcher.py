#!/usr/bin/env python3
"""A host in Python: the library is opened with dlopen, nothing is linked. `hujia` is the generated binding, which is
installed beside the plans.

    PYTHONPATH=/usr/local/share/hujia python3 dispatcher.py [/usr/local/lib/libhujia.so.0]
"""

import sys

import hujia


def main():
    library = hujia.load(*sys.argv[1:2])

    def check(status):
        return hujia.check(library, status)  # raises for HJ_FULL too: no error, and yet nothing was taken

    config, engine = hujia.Config(), hujia.c_void_p()
    check(library.hj_config_init(config, hujia.sizeof(config)))
    config.run_mode = hujia.RUN_POLL
    check(library.hj_engine_open(config, engine, None))
    for number, lat, lon in ((12, 377793000, -1224193000), (34, 377950000, -1223940000)):
        check(library.hj_unit_put(engine, hujia.Unit(id=number, lat_e7=lat, lon_e7=lon)))
    start = 1_700_000_000_000_000
    check(library.hj_engine_poll(engine, 0, start, 0, None))

    call = hujia.Report(tier=hujia.TIER_EMERGENCY, lat_e7=377599000, lon_e7=-1224148000, key_low=7)
    answer = hujia.Dispatch()
    check(library.hj_incident_report(engine, call, answer))
    for unit in answer.chosen[: answer.assignment_count]:
        print(f"unit {unit.unit_id} goes, {unit.travel_ms / 1000:.0f} s away")

    # Nobody signs: the engine escalates after 15, 30 and 45 s.
    events, count = hujia.array(hujia.Event, 64), hujia.c_uint32()
    for seconds in (15, 30, 45):
        check(library.hj_engine_poll(engine, seconds * 1_000_000_000, start + seconds * 1_000_000, 0, None))
        check(library.hj_events_poll(engine, events, len(events), count))
        for event in events[: count.value]:
            if event.kind == hujia.EVENT_ESCALATION:
                clock, _ = hujia.WORDS["clock"][event.clock]
                action, chinese = hujia.WORDS["step"][event.action]
                print(f"after {seconds} s: escalation of {clock}, step {event.step}: {action} {chinese}, "
                      f"unit {event.unit_id}")
    check(library.hj_engine_close(engine))


if __name__ == "__main__":
    main()
