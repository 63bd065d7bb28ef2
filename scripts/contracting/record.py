"""What was released, in include/released.json, and the rule about it: the header only grows at the end of its structs,
and a number never changes its meaning. The record also says since when there is a name.

A version is added once, when it is released (`scripts/contract --release`). Nothing that stands there changes.
"""

import json

from contracting import header
from contracting.errors import ContractError

PATH = header.ROOT / "include" / "released.json"
# Of the version itself.
MOVING = {"HJ_VERSION_MAJOR", "HJ_VERSION_MINOR", "HJ_VERSION_PATCH"}


def load():
    return json.loads(PATH.read_text(encoding="utf-8")) if PATH.exists() else {}


def constants(contract):
    groups = [contract["statuses"], contract["numbers"], *(words["constants"] for words in contract["vocabularies"])]
    return [constant for group in groups for constant in group]


def signature(function):
    parameters = ", ".join("".join(header.written(parameter)).strip() for parameter in function["parameters"])
    return f"{header.written(function['returns'])[0].strip()} ({parameters})"


def place(field):
    return f"{field['offset']}: {header.declared(field)}"


def additions(contract, record):
    """What `contract` has beyond the versions of the record."""
    known = {kind: {name for version in record.values() for name in version[kind]} for kind in
             ("constants", "functions")}
    fields = {(name, field) for version in record.values() for name, struct in version["structs"].items()
              for field in struct["fields"]}
    structs = {}
    for struct in contract["structs"]:
        new = [place(field) for field in struct["fields"] if (struct["name"], place(field)) not in fields]
        if new:
            structs[struct["name"]] = {"size": struct["size"], "fields": new}
    return {"structs": structs,
            "constants": {constant["name"]: constant["value"] for constant in constants(contract)
                          if constant["name"] not in known["constants"] and constant["name"] not in MOVING},
            "functions": {function["name"]: signature(function) for function in contract["functions"]
                          if function["name"] not in known["functions"]}}


def check(contract, record):
    """Raises where something released is gone or different."""
    faults = []
    structs = {struct["name"]: struct for struct in contract["structs"]}
    numbers = {constant["name"]: constant["value"] for constant in constants(contract)}
    functions = {function["name"]: signature(function) for function in contract["functions"]}
    for version, released in record.items():
        for name, value in released["constants"].items():
            if numbers.get(name) != value:
                faults.append(f"{name} was {value} in {version} and is {numbers.get(name, 'gone')}")
        for name, text in released["functions"].items():
            if functions.get(name) != text:
                faults.append(f"{name} was {text} in {version} and is {functions.get(name, 'gone')}")
        for name, struct in released["structs"].items():
            faults += check_struct(name, struct, structs.get(name), version)
    if faults:
        raise ContractError("what was released has changed:\n  " + "\n  ".join(faults))


def check_struct(name, released, struct, version):
    if struct is None:
        return [f"{name} of {version} is gone"]
    now = {field["offset"]: field for field in struct["fields"]}
    faults = []
    for text in released["fields"]:
        offset, declaration = text.split(": ", 1)
        field = now.get(int(offset))
        is_same = field is not None and place(field) == text
        # A reserved field may come to mean something; its type and place stay.
        may_get_name = " reserved" in declaration and field is not None and (
            declaration.rsplit(" ", 1)[0] == header.declared(field).rsplit(" ", 1)[0])
        if not is_same and not may_get_name:
            faults.append(f"{name} had {declaration} at {offset} in {version}"
                          f" and has {header.declared(field) if field else 'nothing'} there")
    if struct["size"] < released["size"]:
        faults.append(f"{name} had {released['size']} bytes in {version} and has {struct['size']}")
    # What came later stands behind all that was there.
    return faults


def first_size(name, record):
    """Bytes of a struct in the version that it came with; None when it came with this one."""
    return next((version["structs"][name]["size"] for version in record.values() if name in version["structs"]), None)


def add_since(contract, record):
    """`since` of every name, by the record; what is not in it came with this version."""
    this = contract["version"].rsplit(".", 1)[0]

    def first(holds):
        return next((version for version, released in record.items() if holds(released)), this)

    for constant in constants(contract):
        name = constant["name"]
        constant["since"] = "0.1" if name in MOVING else first(lambda released: name in released["constants"])
    for function in contract["functions"]:
        name = function["name"]
        function["since"] = first(lambda released: name in released["functions"])
    for struct in contract["structs"]:
        name = struct["name"]
        struct["since"] = first(lambda released: name in released["structs"])
        for field in struct["fields"]:
            text = place(field)
            field["since"] = first(lambda released: text in released["structs"].get(name, {"fields": []})["fields"])
        struct["first_size"] = first_size(name, record) or struct["size"]
