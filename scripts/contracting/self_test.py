"""Headers that are wrong, each of which must be refused, and one that is right."""

import pathlib
import tempfile

from contracting import header, record, rules
from contracting.errors import ContractError

RELEASED = """
#define HJ_VERSION_MAJOR 0
#define HJ_VERSION_MINOR 1
#define HJ_VERSION_PATCH 0
#define HJ_ABI_VERSION 0
typedef int32_t hj_status;
#define HJ_OK 0        /* done */
#define HJ_E_STALE -5  /* closed */
#define HJ_NAMES_TIER 1
#define HJ_TIER_EMERGENCY 1 /* 紧急: at once */
#define HJ_TIER_URGENT 2    /* 次紧急 */
#define HJ_NAMES_MARK 2
#define HJ_MARK_STALE 1u
#define HJ_MARK_FAR 2u
typedef struct hj_unit {
  uint32_t size;
  uint32_t reserved0;
  uint64_t id; /* not 0 */
} hj_unit;
/* Puts a unit. ANY THREAD. Since 0.1. */
hj_status hj_unit_put(const hj_unit *unit);
"""

# (what is changed, into what, a word of the complaint; None where it is allowed)
CASES = [
    ("", "", None),
    ("uint32_t reserved0;", "uint32_t kind; /* the host's code */", None),
    ("uint64_t id; /* not 0 */", "uint64_t id; /* not 0 */\n  int64_t wall_us;", None),
    ("HJ_MARK_FAR 2u", "HJ_MARK_FAR 2u\n#define HJ_MARK_NEAR 4u", None),
    ("uint32_t reserved0;", "int32_t kind;", "had uint32_t reserved0 at 4"),
    ("  uint32_t reserved0;\n  uint64_t id; /* not 0 */", "  uint32_t id;\n  uint64_t reserved0;", "had uint64_t id"),
    ("  uint64_t id; /* not 0 */\n", "", "had uint64_t id"),
    ("uint32_t reserved0;", "uint32_t reserved0;\n  uint64_t other;", "had uint64_t id"),
    ("HJ_TIER_URGENT 2 ", "HJ_TIER_URGENT 3 ", "HJ_TIER_URGENT was 2"),
    ("#define HJ_TIER_URGENT 2    /* 次紧急 */\n", "", "HJ_TIER_URGENT was 2"),
    ("hj_unit_put(const hj_unit *unit)", "hj_unit_put(const hj_unit *unit, int32_t now)", "hj_unit_put was"),
    ("hj_status hj_unit_put", "int64_t hj_unit_put", "hj_unit_put was"),
    ("HJ_MARK_FAR 2u", "HJ_MARK_FAR 2u\n#define HJ_MARK_NEAR 6u", "not one bit"),
    ("HJ_TIER_URGENT 2 ", "HJ_TIER_OTHER 1\n#define HJ_TIER_URGENT 2 ", "have one number"),
    ("/* done */", "", "no sentence"),
    ("-5  /* closed */", "-5  /* closed */\n#define HJ_E_ODD 5 /* odd */", "errors are negative"),
    ("/* Puts a unit. ANY THREAD. Since 0.1. */\n", "", "has no comment"),
    ("ANY THREAD. ", "", "names no thread class"),
    ("Since 0.1.", "Since 0.2.", "the record 0.1"),
    ("uint64_t id; /* not 0 */", "uint64_t id; /* not 0 */\n  uint32_t odd;", "nameless bytes"),
    ("hj_unit *unit);", "hj_unit *unit);\nlong double hj_odd(int32_t a[3]);", "no other language can bind"),
    ("#define HJ_NAMES_MARK 2", "#define HJ_NAMES_MARK 2\n#define HJ_NAMES_EMPTY 3", "no constant begins with"),
]


def read(folder, text, released):
    (pathlib.Path(folder) / "hujia.h").write_text("#include <stdint.h>\n" + text, encoding="utf-8")
    contract = header.read(folder)
    if released is None:
        return record.additions(contract, {})
    record.check(contract, released)
    record.add_since(contract, released)
    rules.check(contract)
    return contract


def run():
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        released = {"0.1": read(folder, RELEASED, None)}
        for old, new, complaint in CASES:
            said = None
            if old not in RELEASED:
                raise ContractError(f"the self-test changes what is not there: {old}")
            try:
                read(folder, RELEASED.replace(old, new, 1), released)
            except ContractError as error:
                said = str(error)
            if (said is None) if complaint is None else (said is not None and complaint in said):
                passed += 1
            else:
                failed += 1
                print(f"{new!r} in place of {old!r}: {said or 'taken'}; expected {complaint or 'to be taken'}")
        contract = read(folder, RELEASED, released)
        tier = contract["vocabularies"][0]["constants"][0]
        expected = [("emergency", tier["word"]), ("紧急", tier["chinese"]), ("at once", tier["comment"]),
                    ("Closed.", contract["statuses"][1]["text"]), ("any thread", contract["functions"][0]["thread"]),
                    ("not 0", contract["structs"][0]["fields"][2]["comment"]), ("0.1", tier["since"])]
        for wanted, found in expected:
            passed, failed = (passed + 1, failed) if wanted == found else (passed, failed + 1)
            if wanted != found:
                print(f"read {found!r}, expected {wanted!r}")
    return passed, failed
