"""What a header must be before anything is generated from it."""

import re

from contracting.errors import ContractError

MOST_TEXT = 255  # hj_error_detail.text and one line of a screen


def check(contract):
    faults = []
    for words in contract["vocabularies"]:
        check_vocabulary(words, faults)
    check_numbers("the statuses", contract["statuses"], faults)
    for status in contract["statuses"]:
        if not status["text"]:
            faults.append(f"{status['name']} has no comment, so it has no sentence")
        elif len(status["text"]) > MOST_TEXT:
            faults.append(f"the sentence of {status['name']} is longer than {MOST_TEXT} characters")
        if (status["value"] < 0) != status["name"].startswith("HJ_E_"):
            faults.append(f"{status['name']} is {status['value']}: errors are negative and begin with HJ_E_")
    for struct in contract["structs"]:
        check_struct(struct, faults)
    for function in contract["functions"]:
        check_function(function, faults)
    if faults:
        raise ContractError("the header breaks its own rules:\n  " + "\n  ".join(faults))


def check_vocabulary(words, faults):
    prefix = f"HJ_{words['name'].upper()}_"
    if not words["constants"]:
        faults.append(f"HJ_NAMES_{words['name'].upper()} names a vocabulary, and no constant begins with {prefix}")
    check_numbers(prefix + "...", words["constants"], faults)
    for constant in words["constants"]:
        if words.get("is_bits") and constant["value"] & (constant["value"] - 1):
            faults.append(f"{constant['name']} is not one bit")


def check_numbers(where, constants, faults):
    seen = {}
    for constant in constants:
        other = seen.setdefault(constant["value"], constant["name"])
        if other != constant["name"]:
            faults.append(f"{other} and {constant['name']} of {where} have one number")


def check_struct(struct, faults):
    first = struct["fields"][0]
    if (first["name"], first["type"], first["offset"]) != ("size", "uint32_t", 0):
        faults.append(f"{struct['name']} does not begin with uint32_t size")
    end = 0
    for field in struct["fields"]:
        if field["offset"] != end:
            faults.append(f"{field['offset'] - end} nameless bytes before {struct['name']}.{field['name']}")
        end = field["offset"] + field["bytes"]
    if end != struct["size"]:
        faults.append(f"{struct['size'] - end} nameless bytes at the end of {struct['name']}")


def check_function(function, faults):
    if not function["comment"]:
        faults.append(f"{function['name']} has no comment")
        return
    if not function["thread"]:
        faults.append(f"the comment of {function['name']} names no thread class")
    said = re.findall(r"\b[Ss]ince\s+(\d+\.\d+)", function["comment"])
    first = min(said, key=lambda text: [int(part) for part in text.split(".")]) if said else "no version"
    if first != function["since"]:
        faults.append(f"the comment of {function['name']} says {first}, the record {function['since']}")
