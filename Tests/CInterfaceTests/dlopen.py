"""A host that loads the library at run time: no environment variable, no jemalloc, unloaded and loaded again, and twice.

Usage: dlopen.py libhujia.so.0
"""

import ctypes
import os
import shutil
import sys
import tempfile

passed = failed = 0


def check(name, actual, expected=True):
    global passed, failed
    holds = actual == expected
    passed, failed = (passed + 1, failed) if holds else (passed, failed + 1)
    if not holds:
        print(f"FAIL {name}: is {actual!r}, expected {expected!r}")


class Stats(ctypes.Structure):
    _fields_ = [("size", ctypes.c_uint32), ("abi_version", ctypes.c_uint32), ("allocator", ctypes.c_char * 16),
                ("memory_bytes", ctypes.c_int64), ("rest", ctypes.c_int64 * 36)]


class Report(ctypes.Structure):
    _fields_ = [("size", ctypes.c_uint32), ("tier", ctypes.c_int32), ("type", ctypes.c_uint32),
                ("lat_e7", ctypes.c_int32), ("lon_e7", ctypes.c_int32), ("flags", ctypes.c_uint32),
                ("key_high", ctypes.c_uint64), ("key_low", ctypes.c_uint64), ("caller_hash", ctypes.c_uint64),
                ("wall_us", ctypes.c_int64), ("datum", ctypes.c_int32), ("reserved0", ctypes.c_uint32)]


def load(path):
    library = ctypes.CDLL(path)
    library.hj_version.restype = ctypes.c_char_p
    library.hj_status_name.restype = ctypes.c_char_p
    for name in ("hj_engine_close", "hj_engine_stats", "hj_incident_post", "hj_events_fd"):
        getattr(library, name).argtypes = [ctypes.c_void_p] + [ctypes.c_void_p] * (name in ("hj_engine_stats", "hj_incident_post"))
    library.hj_config_init.argtypes = [ctypes.c_void_p, ctypes.c_uint32]
    library.hj_engine_open.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
    return library


CONFIG_SIZE = 112


def open_engine(library, mode=0):
    config = ctypes.create_string_buffer(CONFIG_SIZE)
    status = library.hj_config_init(config, CONFIG_SIZE)
    check("hj_config_init", status, 0)
    ctypes.c_int32.from_buffer(config, 4).value = mode
    engine = ctypes.c_void_p()
    status = library.hj_engine_open(config, ctypes.byref(engine), None)
    check("hj_engine_open", status, 0)
    check("hj_engine_open gives an engine", engine.value is not None)
    return engine


def exercise(library, expected_allocator=b"system"):
    engine = open_engine(library)
    report = Report(size=ctypes.sizeof(Report), tier=1, lat_e7=377793000, lon_e7=-1224193000, key_low=1)
    check("hj_incident_post", library.hj_incident_post(engine, ctypes.byref(report)), 0)
    stats = Stats(size=ctypes.sizeof(Stats))
    check("hj_engine_stats", library.hj_engine_stats(engine, ctypes.byref(stats)), 0)
    check("allocator", stats.allocator, expected_allocator)
    check("hj_events_fd", min(library.hj_events_fd(engine), 0), 0)
    return engine


def main(path):
    for name in ("LD_LIBRARY_PATH", "LD_PRELOAD"):
        check(f"{name} is not set", name not in os.environ)
    library = load(path)
    check("version", library.hj_version(), b"0.3.0")
    engine = exercise(library)

    # Unloaded with a thread under way and an engine open: nodelete keeps the code where the thread runs.
    import _ctypes
    _ctypes.dlclose(library._handle)
    again = load(path)
    check("still open after dlclose", min(again.hj_events_fd(engine), 0), 0)
    check("close after dlclose", again.hj_engine_close(engine), 0)
    check("closed twice", again.hj_status_name(again.hj_engine_close(engine)), b"HJ_E_STALE")

    # A second copy in the same process, as when two plug-ins bring their own.
    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, "another.so")
        shutil.copy(os.path.realpath(path), copy)
        other = load(copy)
        first, second = exercise(again), exercise(other)
        check("close in the first copy", again.hj_engine_close(first), 0)
        check("close in the second copy", other.hj_engine_close(second), 0)

    # Many lives in one process.
    for _ in range(20):
        check("close", again.hj_engine_close(exercise(again)), 0)
    left_open = exercise(again)  # the process ends with an engine open
    check("left open", left_open.value is not None)
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
