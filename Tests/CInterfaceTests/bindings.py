"""What is generated for other languages, used: hujia.py through ctypes, hujia.ffi.h through cffi, both against the
numbers of hujia.json; each opens an engine and has a call answered.

Usage: bindings.py FOLDER libhujia.so.0     FOLDER holds hujia.py, hujia.ffi.h, hujia.json
"""

import json
import pathlib
import sys

sys.dont_write_bytecode = True

passed = failed = skipped = 0


def check(name, actual, expected):
    global passed, failed
    passed, failed = (passed + 1, failed) if actual == expected else (passed, failed + 1)
    if actual != expected:
        print(f"FAIL {name}: {actual!r}, expected {expected!r}")


def constants(contract):
    groups = [contract["statuses"], contract["numbers"], *(words["constants"] for words in contract["vocabularies"])]
    return [constant for group in groups for constant in group]


def of_python(contract, path):
    """The numbers of hujia.py, and a call from report to escalation."""
    import hujia
    for constant in constants(contract):
        check(constant["name"], getattr(hujia, constant["name"].removeprefix("HJ_")), constant["value"])
    for struct in contract["structs"]:
        kind = getattr(hujia, "".join(part.capitalize() for part in struct["name"].removeprefix("hj_").split("_")))
        check(struct["name"], hujia.sizeof(kind), struct["size"])
        check(f"{struct['name']} sets its size", kind().size, struct["size"])
        for field in struct["fields"]:
            check(f"{struct['name']}.{field['name']}", getattr(kind, field["name"]).offset, field["offset"])

    library = hujia.load(path)
    check("every function is there", {name for name, _, _ in hujia.FUNCTIONS},
          {function["name"] for function in contract["functions"]})
    for status in contract["statuses"]:
        check("hj_status_name", library.hj_status_name(status["value"]).decode(), status["name"])
        check("hj_status_text", library.hj_status_text(status["value"]).decode(), status["text"])
    for words in contract["vocabularies"]:
        for constant in words["constants"]:
            said = library.hj_name(words["number"], constant["value"]).decode()
            check("hj_name", said, constant["word"])
            check("WORDS", hujia.WORDS[words["name"]][constant["value"]], (constant["word"], constant["chinese"]))

    config, engine = hujia.Config(), hujia.c_void_p()
    hujia.check(library, library.hj_config_init(config, hujia.sizeof(config)))
    config.run_mode = hujia.RUN_POLL
    hujia.check(library, library.hj_engine_open(config, engine, None))
    hujia.check(library, library.hj_unit_put(engine, hujia.Unit(id=12, lat_e7=377793000, lon_e7=-1224193000)))
    start_us = 1_700_000_000_000_000
    hujia.check(library, library.hj_engine_poll(engine, 0, start_us, 0, None))
    answer = hujia.Dispatch()
    report = hujia.Report(tier=hujia.TIER_EMERGENCY, lat_e7=377599000, lon_e7=-1224148000, source=hujia.SOURCE_PHONE)
    check("hj_incident_report", library.hj_incident_report(engine, report, answer), hujia.OK)
    check("units sent", [unit.unit_id for unit in answer.chosen[:answer.assignment_count]], [12])
    hujia.check(library, library.hj_engine_poll(engine, 15_000_000_000, start_us + 15_000_000, 0, None))
    events, count = hujia.array(hujia.Event, 64), hujia.c_uint32()
    hujia.check(library, library.hj_events_poll(engine, events, len(events), count))
    fired = [event for event in events[:count.value] if event.kind == hujia.EVENT_ESCALATION]
    check("escalations after 15 s", [(event.clock, event.step) for event in fired], [(hujia.CLOCK_ACKNOWLEDGE, 1)])
    try:
        hujia.check(library, library.hj_unit_remove(engine, 99))
        check("an unknown unit raises", "nothing", "HJ_E_UNKNOWN")
    except hujia.HujiaError as error:
        check("an unknown unit raises", error.name, "HJ_E_UNKNOWN")
    check("hj_engine_close", library.hj_engine_close(engine), hujia.OK)


def of_cffi(contract, folder, path):
    """The numbers of hujia.ffi.h, and a call."""
    global skipped
    try:
        import cffi
    except ImportError:
        skipped += 1
        print("skipped: hujia.ffi.h through cffi: this Python has no cffi")
        return
    ffi = cffi.FFI()
    ffi.cdef((folder / "hujia.ffi.h").read_text(encoding="utf-8"))
    library = ffi.dlopen(path)
    for constant in constants(contract):
        check(constant["name"], getattr(library, constant["name"]), constant["value"])
    for struct in contract["structs"]:
        check(struct["name"], ffi.sizeof(struct["name"]), struct["size"])
        for field in struct["fields"]:
            check(f"{struct['name']}.{field['name']}", ffi.offsetof(struct["name"], field["name"]), field["offset"])
    for function in contract["functions"]:
        check(function["name"], ffi.typeof(getattr(library, function["name"])).kind, "function")
    check("hj_version", ffi.string(library.hj_version()).decode(), contract["version"])

    config, engine = ffi.new("hj_config *"), ffi.new("hj_engine **")
    check("hj_config_init", library.hj_config_init(config, ffi.sizeof("hj_config")), library.HJ_OK)
    config.run_mode = library.HJ_RUN_POLL
    check("hj_engine_open", library.hj_engine_open(config, engine, ffi.NULL), library.HJ_OK)
    unit = ffi.new("hj_unit *", {"size": ffi.sizeof("hj_unit"), "id": 7, "lat_e7": 377793000, "lon_e7": -1224193000})
    check("hj_unit_put", library.hj_unit_put(engine[0], unit), library.HJ_OK)
    report = ffi.new("hj_report *", {"size": ffi.sizeof("hj_report"), "lat_e7": 377599000, "lon_e7": -1224148000})
    answer = ffi.new("hj_dispatch *", {"size": ffi.sizeof("hj_dispatch")})
    check("hj_incident_report", library.hj_incident_report(engine[0], report, answer), library.HJ_OK)
    check("the unit sent", answer.chosen[0].unit_id, 7)
    check("hj_engine_close", library.hj_engine_close(engine[0]), library.HJ_OK)


def main(folder, path):
    folder = pathlib.Path(folder)
    sys.path.insert(0, str(folder))
    contract = json.loads((folder / "hujia.json").read_text(encoding="utf-8"))
    of_python(contract, path)
    of_cffi(contract, folder, path)
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
