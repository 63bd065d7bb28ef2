"""Python: the whole header through ctypes, with typed functions, and words in English and Chinese."""

import json

from contracting import files

COLUMNS = 118
SCALARS = {"uint8_t": "c_uint8", "int32_t": "c_int32", "uint32_t": "c_uint32", "int64_t": "c_int64", "uint64_t": "c_uint64",
           "double": "c_double", "hj_status": "c_int32", "char": "c_char"}


def everything(contract):
    return {"include/bindings/hujia.py": binding(contract)}


def name_of(constant):
    return constant["name"].removeprefix("HJ_")


def class_of(struct):
    return "".join(part.capitalize() for part in struct.removeprefix("hj_").split("_"))


def kind_of(thing, contract, is_result=False):
    """The ctypes type of a field, a parameter or a result."""
    structs = {struct["name"] for struct in contract["structs"]}
    kind, pointers = thing["type"], thing.get("pointers", 0)
    if kind in {made["name"] for made in contract["types"] if "parameters" in made}:
        return class_of(kind)
    if kind in ("void", "hj_engine"):
        made = "None" if pointers == 0 else "c_void_p"
        return f"POINTER({made})" if pointers == 2 else made
    if kind == "char" and pointers == 1 and (thing.get("is_const") or is_result):
        return "c_char_p"
    made = class_of(kind) if kind in structs else SCALARS[kind]
    for _ in range(pointers):
        made = f"POINTER({made})"
    return f"{made} * {thing['count']}" if thing.get("count") else made


HEAD = '''"""Hujia through ctypes: the whole of hujia.h, which has the words to all of it.

    import hujia
    library = hujia.load()                          # or hujia.load("/usr/local/lib/libhujia.so.0")
    config = hujia.Config()
    hujia.check(library, library.hj_config_init(config, hujia.sizeof(config)))
    engine = hujia.c_void_p()
    hujia.check(library, library.hj_engine_open(config, engine, None))
    library.hj_unit_put(engine, hujia.Unit(id=12, lat_e7=377793000, lon_e7=-1224193000))

Structs set their own `size`; `hujia.array(hujia.Event, 64)` makes an array that does. A struct passed for a pointer is
passed by reference.
"""

import ctypes
from ctypes import CFUNCTYPE, POINTER, c_char, c_char_p, c_double, c_int32, c_int64, c_uint8, c_uint32, c_uint64
from ctypes import c_void_p, sizeof

'''

TAIL = '''

class HujiaError(Exception):
    """A call that was not taken: its status, the status's name and sentence."""

    def __init__(self, library, status):
        self.status = status
        self.name = library.hj_status_name(status).decode()
        super().__init__(f"{self.name}: {library.hj_status_text(status).decode()}")


def load(path="libhujia.so.0"):
    """The library, its functions typed."""
    library = ctypes.CDLL(path)
    for name, result, arguments in FUNCTIONS:
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


def check(library, status):
    """The status; raises unless what the call was about is in the engine's books now (HJ_FULL raises too)."""
    if not library.hj_is_taken(status):
        raise HujiaError(library, status)
    return status


def array(kind, count):
    """An array of structs that know their size."""
    made = (kind * count)()
    for one in made:
        one.size = sizeof(kind)
    return made
'''


def binding(contract):
    text = f"# {files.MARK}\n" + HEAD
    text += f"VERSION = {json.dumps(contract['version'])}\nABI_VERSION = {contract['abi']}\n\n"
    groups = [contract["statuses"], *(words["constants"] for words in contract["vocabularies"]), contract["numbers"]]
    for constants in groups:
        rows = [f"{name_of(constant)} = {constant['value']}" for constant in constants
                if name_of(constant) != "ABI_VERSION"]
        text += "\n".join(rows) + "\n\n"
    text += "# The word of a constant in English, as hj_name and plans have it, and in Chinese (\"\": none is fixed).\n"
    text += "WORDS = {\n"
    for words in contract["vocabularies"]:
        rows = [f"{constant['value']}: ({json.dumps(constant['word'])}, "
                f"{json.dumps(constant['chinese'], ensure_ascii=False)})," for constant in words["constants"]]
        text += f"    {json.dumps(words['name'])}: {{\n" + "\n".join(files.filled(rows, "        ", COLUMNS))
        text += "\n    },\n"
    text += "}\n\n"
    for kind in contract["types"]:
        if "parameters" in kind:
            parts = [kind_of(kind["returns"], contract), *(kind_of(one, contract) for one in kind["parameters"])]
            text += f"{class_of(kind['name'])} = CFUNCTYPE({', '.join(parts)})\n"
    text += '\n\nclass Struct(ctypes.Structure):\n    """Begins with `size`, and sets it."""\n\n'
    text += "    def __init__(self, *arguments, **fields):\n        super().__init__(*arguments, **fields)\n"
    text += "        if not self.size:\n            self.size = sizeof(self)\n\n"
    for struct in contract["structs"]:
        rows = [f"(\"{field['name']}\", {kind_of(field, contract)})," for field in struct["fields"]]
        text += f"\nclass {class_of(struct['name'])}(Struct):\n    _fields_ = [\n"
        text += "\n".join(files.filled(rows, "        ", COLUMNS)) + "\n    ]\n\n"
    text += "\nFUNCTIONS = [\n"
    for function in contract["functions"]:
        arguments = ", ".join(kind_of(parameter, contract) for parameter in function["parameters"])
        text += f"    (\"{function['name']}\", {kind_of(function['returns'], contract, True)}, [{arguments}]),\n"
    return text + "]\n" + TAIL
