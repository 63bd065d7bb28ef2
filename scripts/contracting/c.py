"""C: layout tests, the header without preprocessor, and a program that calls every export."""

from contracting import files, header

COLUMNS = 120


def everything(contract):
    return {
        "include/hujia.ffi.h": plain_header(contract),
        "Tests/CInterfaceTests/layout.c": layout(contract),
        "Tests/CInterfaceTests/every_call.c": every_call(contract),
    }


# ---- Layout --------------------------------------------------------------------------------------------------------

def layout(contract):
    text = files.c("The layout of every struct in hujia.h, byte by byte: programs compiled years ago rely on it. That "
                   "what was\n * released stays is held by scripts/contract (include/released.json). Checked by "
                   "compilers only, here and in the Swift\n * layout tests.")
    text += """#include <stddef.h>

#include "check.h"

#define SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), #type)
#define FIELD(type, field, offset, bytes) \\
  _Static_assert(offsetof(type, field) == (offset) && sizeof(((type *)0)->field) == (bytes), #type "." #field)

"""
    facts = 0
    for struct in contract["structs"]:
        name = struct["name"]
        rows = [f"FIELD({name}, {field['name']}, {field['offset']}, {field['bytes']});" for field in struct["fields"]]
        facts += len(rows) + 1
        text += "\n".join([f"SIZE({name}, {struct['size']});", *files.filled(rows, "", COLUMNS)]) + "\n\n"
    return text + f"""int main(void) {{
  /* The compiler checked {facts} facts; what is left is that the constants say so too. */
  CHECK_EQUAL(HJ_CHOSEN_MAX, sizeof(((hj_dispatch *)0)->chosen) / sizeof(hj_chosen_unit));
  CHECK_EQUAL(hj_abi_version(), HJ_ABI_VERSION);
  char version[16];
  snprintf(version, sizeof version, "%d.%d.%d", HJ_VERSION_MAJOR, HJ_VERSION_MINOR, HJ_VERSION_PATCH);
  CHECK_TEXT(hj_version(), version);
  return check_finish();
}}
"""


# ---- The header without preprocessor -------------------------------------------------------------------------------

def plain_header(contract):
    """For cffi, LuaJIT and others that read declarations and no directives."""
    text = f"/* {files.MARK}\n *\n * hujia.h without preprocessor, for cffi, LuaJIT and the like: numbers are "
    text += "enumerators, comments are in hujia.h. */\n/* clang-format off */\n"
    groups = [("statuses", contract["statuses"])]
    groups += [(words["name"], words["constants"]) for words in contract["vocabularies"]]
    small = [number for number in contract["numbers"] if -2 ** 31 < number["value"] < 2 ** 31]
    groups.append(("numbers", small))
    for _, constants in groups:
        rows = [f"{constant['name']} = {constant['value']}," for constant in constants]
        text += "enum {\n" + "\n".join(files.filled(rows, "  ", COLUMNS)).rstrip(",") + "\n};\n"
    # Each with a type of its own, so that the others stay ints.
    for constant in contract["numbers"]:
        if constant not in small:
            value = constant["value"]
            written = f"0x{value:x}" if value >= 0 else f"{value + 1} - 1"
            text += f"enum {{ {constant['name']} = {written} }};\n"
    text += "\n"
    for kind in contract["types"]:
        if kind.get("is_opaque"):
            text += f"typedef struct {kind['name']} {kind['name']};\n"
        elif "parameters" in kind:
            text += callback(kind)
        else:
            text += f"typedef {header.declared(kind)};\n" if "type" not in kind else (
                f"typedef {header.written({**kind, 'name': ''})[0]}{kind['name']};\n")
    for struct in contract["structs"]:
        text += f"\ntypedef struct {struct['name']} {{\n"
        text += "".join(f"  {header.declared(field)};\n" for field in struct["fields"])
        text += f"}} {struct['name']};\n"
    text += "\n"
    for function in contract["functions"]:
        rows = [header.declared(parameter) + "," for parameter in function["parameters"]] or ["void,"]
        rows[-1] = rows[-1][:-1] + ");"
        first = f"{header.written(function['returns'])[0]}{function['name']}("
        lines = files.filled(rows, "    ", COLUMNS)
        joined = first + " ".join(rows)
        text += joined + "\n" if len(joined) <= COLUMNS else first + "\n" + "\n".join(lines) + "\n"
    return text


def callback(kind):
    parameters = ", ".join("".join(header.written(parameter)).strip() for parameter in kind["parameters"])
    return f"typedef {header.written(kind['returns'])[0]}(*{kind['name']})({parameters});\n"


# ---- Every call ----------------------------------------------------------------------------------------------------

# How many things stand behind a pointer: the parameter that follows it says so.
COUNTS = {"count", "capacity"}
LIVE = {"unit_id": "LIVE_UNIT", "watch_id": "LIVE_WATCH", "incident_id": "(int64_t)live_incident",
        "assignment_id": "(int64_t)live_assignment"}
LAST = ["hj_engine_drain", "hj_engine_close"]  # nothing can be changed after them

EVERY_CALL_HEAD = """#include <signal.h>
#include <unistd.h>

#include "host.h"

/* Rounds: all arguments as they should be, structs zeroed but for their size; every pointer NULL; one pointer NULL; one
 * number as small or as large as its type allows. */
enum { VALID = 0, ALL_NULL = 1, ONE_NULL = 2, SMALL = 100, LARGE = 200 };
static int round_now, call_now;

/* What is live in the engine: a unit on an incident, and a watch. */
enum { LIVE_UNIT = 1, LIVE_WATCH = 5 };
static uint64_t live_incident, live_assignment;

/* Memory for what a pointer points to: zeroed, `size` set, and marks behind it that nobody may touch. */
#define SLOTS 16
#define BEHIND 64
static struct {
  _Alignas(16) unsigned char bytes[1024 + BEHIND];
  uint32_t size;
} slots[SLOTS];
static int slots_used;

static void *memory(uint32_t size, int is_struct) {
  REQUIRE_LESS(slots_used, SLOTS);
  REQUIRE_AT_MOST(size, 1024);
  unsigned char *bytes = slots[slots_used].bytes;
  memset(bytes, 0, size);
  memset(bytes + size, 0xa5, BEHIND);
  if (is_struct) memcpy(bytes, &size, sizeof size);
  slots[slots_used++].size = size;
  return bytes;
}

static void *pointer(int index, void *valid) {
  return round_now == ALL_NULL || round_now == ONE_NULL + index ? NULL : valid;
}

static int64_t number(int index, int64_t valid, int64_t least, int64_t most) {
  return round_now == SMALL + index ? least : round_now == LARGE + index ? most : valid;
}

#define STRUCT(index, type) pointer(index, memory(sizeof(type), 1))
#define VALUE(index, type) pointer(index, memory(sizeof(type), 0))

static void check_behind(const char *name) {
  for (int slot = 0; slot < slots_used; slot++)
    for (int index = 0; index < BEHIND; index++)
      if (slots[slot].bytes[slots[slot].size + index] != 0xa5) {
        check_that(0, "writes behind what it was given", name, round_now);
        break;
      }
  slots_used = 0;
}

/* A status that the function's comment lets it answer; an error where every pointer was NULL, the handle included. */
static void expect(const char *name, hj_status status, int is_engine_null, const hj_status *said) {
  int is_said = 0;
  for (; *said != INT32_MAX; said++) is_said |= *said == status;
  check_that(is_said, hj_status_name(status), name, round_now);
  if (is_engine_null && round_now == VALID) check_equal(status, HJ_E_STALE, "without an engine it", name, round_now);
  if (is_engine_null && round_now == ALL_NULL) check_that(status < 0, "refuses NULL", name, round_now);
  check_behind(name);
}

"""

LIMITS = {"int32_t": ("INT32_MIN", "INT32_MAX"), "uint32_t": ("0", "UINT32_MAX"),
          "int64_t": ("INT64_MIN", "INT64_MAX"), "uint64_t": ("0", "-1"), "hj_status": ("INT32_MIN", "INT32_MAX")}


def every_call(contract):
    structs = {struct["name"] for struct in contract["structs"]}
    text = files.c("Calls every export: with ids that are live and zeroed structs of the right size, with NULL for all "
                   "pointers\n * and for each alone, with the least and the greatest of every number, without an "
                   "engine and with one. What must come\n * back is a status that its comment names, never a crash, and "
                   "nothing is written behind what was given.\n * (When each comes: bad_structs.c, bad_values.c, "
                   "handles.c.)")
    text += EVERY_CALL_HEAD
    for function in contract["functions"]:
        text += call(function, structs)
    ordered = [function for function in contract["functions"] if function["name"] not in LAST]
    ordered += [function for name in LAST for function in contract["functions"] if function["name"] == name]
    rows = [f"{{\"{function['name']}\", call_{function['name']}, {len(function['parameters'])}}},"
            for function in ordered]
    text += "static const struct {\n  const char *name;\n  void (*call)(hj_engine *engine);\n  int parameters;\n} calls[] = {\n"
    text += "\n".join("    " + row for row in rows) + "\n};\n"
    text += f"#define CALLS {len(ordered)}\n" + EVERY_CALL_TAIL
    return text


def call(function, structs):
    arguments, has_engine = [], False
    parameters = function["parameters"]
    for index, parameter in enumerate(parameters):
        kind, pointers, before = parameter["type"], parameter.get("pointers", 0), parameters[index - 1] if index else {}
        if kind == "hj_engine" and pointers == 1:
            has_engine = True
            arguments.append("engine")
        elif pointers == 2:
            arguments.append(f"VALUE({index}, void *)")
        elif kind in structs:
            arguments.append(f"STRUCT({index}, {kind})")
        elif pointers and kind == "char" and parameter.get("is_const"):
            arguments.append(f'pointer({index}, "{{}}")')
        elif pointers:
            arguments.append(f"VALUE({index}, {kind})")
        elif kind == "double":
            arguments.append(f"(double)number({index}, 1, INT64_MIN, INT64_MAX)")
        else:
            arguments.append(number(index, parameter, before, parameters))
    name = function["name"]
    invoked = f"{name}({', '.join(arguments)})"
    if function["returns"]["type"] == "hj_status":
        is_close = name == "hj_engine_close"  # of NULL it is HJ_OK
        known = "engine == NULL" if has_engine and not is_close else "0"
        said = ", ".join([*function["answers"], "INT32_MAX"])
        body = f"static const hj_status said[] = {{{said}}};\n  expect(\"{name}\", {invoked}, {known}, said);"
    elif function["returns"].get("pointers"):
        body = f"check_that({invoked} != NULL, \"is never NULL\", \"{name}\", round_now);"
    else:
        body = f"(void){invoked};\n  check_behind(\"{name}\");"
    unused = "" if has_engine else "  (void)engine;\n"
    return f"static void call_{name}(hj_engine *engine) {{\n{unused}  {body}\n}}\n"


def number(index, parameter, before, parameters):
    """A number that is right, or the least or greatest; where it says how much may be written, never more than is
    there."""
    kind, name = parameter["type"], parameter["name"]
    least, most = LIMITS[kind]
    valid = LIVE.get(name, "0")
    if before.get("pointers") and name in COUNTS | {"length", "size"}:
        valid = {"length": "2"}.get(name, "1")
        if name == "size":
            valid = f"sizeof({before['type']})"
        if not before.get("is_const"):  # room to write in
            most = valid
    cast = "" if kind == "int64_t" else f"({kind})"
    return f"{cast}number({index}, {valid}, {least}, {most})"


EVERY_CALL_TAIL = """
static hj_engine *open_one(void) {
  hj_config config = poll_config();
  hj_engine *engine = open_engine(&config);
  put_unit(engine, LIVE_UNIT, 10, 0);
  poll_at(engine, START_NS);
  hj_report report = make_report(HJ_TIER_EMERGENCY, 0, 0);
  hj_dispatch dispatch = empty_dispatch();
  REQUIRE_STATUS(hj_incident_report(engine, &report, &dispatch), HJ_OK);
  live_incident = dispatch.incident_id;
  live_assignment = dispatch.chosen[0].assignment_id;
  hj_watch watch;
  memset(&watch, 0, sizeof watch);
  watch.size = sizeof watch;
  watch.id = LIVE_WATCH;
  place(5, 5, &watch.lat_e7, &watch.lon_e7);
  REQUIRE_STATUS(hj_watch_put(engine, &watch), HJ_OK);
  return engine;
}

/* Draining and closing end an engine: the next call gets another. */
static hj_engine *renewed(hj_engine *engine, int index) {
  if (engine == NULL || index < CALLS - 2) return engine;
  hj_status status = hj_engine_close(engine);
  CHECK_EITHER(status, HJ_OK, HJ_E_STALE);
  return open_one();
}

static void all_rounds(hj_engine *engine, int index) {
  static const int common[] = {VALID, ALL_NULL};
  for (int at = 0; at < 2; at++) {
    round_now = common[at];
    calls[index].call(engine);
    engine = renewed(engine, index);
  }
  for (int parameter = 0; parameter < calls[index].parameters; parameter++) {
    const int one[] = {ONE_NULL + parameter, SMALL + parameter, LARGE + parameter};
    for (int at = 0; at < 3; at++) {
      round_now = one[at];
      calls[index].call(engine);
      engine = renewed(engine, index);
    }
  }
  if (engine != NULL) CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* Says which call it was. */
static void crashed(int number) {
  char text[160];
  int length = snprintf(text, sizeof text, "%s ends the host with signal %d in round %d\\n0 passed, 1 failed\\n",
                        calls[call_now].name, number, round_now);
  if (write(1, text, (size_t)length) != length) _exit(2);
  _exit(1);
}

int main(void) {
  static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT};
  for (int index = 0; index < 6; index++) signal(fatal[index], crashed);
  for (call_now = 0; call_now < CALLS; call_now++) {
    int index = call_now;
    all_rounds(NULL, index);
    all_rounds(open_one(), index);
  }
  printf("note: %d exports called\\n", CALLS);
  return check_finish();
}
"""
