"""Reads include/hujia.h into one value, the contract: what the header declares, in numbers and in words.

Declarations, types, offsets and values come from clang (its syntax tree as JSON), never from a pattern of ours. What
clang does not keep, comments and the order of macros, comes from the text. Nothing here knows of any language that is
generated.
"""

import bisect
import functools
import json
import os
import pathlib
import re
import shutil
import subprocess

from contracting import vocabulary
from contracting.errors import ContractError

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HEADER = ROOT / "include" / "hujia.h"


def clang():
    """The Swift toolchain's clang, so that what builds the library reads the header; else any."""
    swift = shutil.which("swift")
    beside = pathlib.Path(os.path.realpath(swift)).parent / "clang" if swift else None
    found = str(beside) if beside and beside.exists() else shutil.which("clang")
    if not found:
        raise ContractError("no clang: it comes with the Swift toolchain")
    return found


def syntax_tree(folder, text):
    """The declarations of `text`, which includes the header of `folder`."""
    command = [clang(), "-std=c11", "-w", f"-I{folder}", "-xc", "-fsyntax-only", "-Xclang", "-ast-dump=json", "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ContractError(f"clang refuses the header:\n{done.stderr}")
    return json.loads(done.stdout)["inner"]


# ---- Comments ------------------------------------------------------------------------------------------------------

class Text:
    """The header's bytes, with the comments taken out and kept by place."""

    def __init__(self, raw):
        self.raw = raw
        self.starts = [0] + [match.end() for match in re.finditer(rb"\n", raw)]
        self.comments = [(match.start(), match.end()) for match in re.finditer(rb"/\*.*?\*/", raw, re.S)]
        code = bytearray(raw)
        for start, end in self.comments:
            code[start:end] = re.sub(rb"[^\n]", b" ", raw[start:end])
        self.code = bytes(code)

    def line(self, offset):
        return bisect.bisect_right(self.starts, offset) - 1

    def line_code(self, line):
        end = self.starts[line + 1] if line + 1 < len(self.starts) else len(self.code)
        return self.code[self.starts[line]:end]

    @functools.cached_property
    def leading(self):
        """Comments that stand alone, by their last line."""
        return {self.line(end - 1): (start, end) for start, end in self.comments
                if not self.code[self.starts[self.line(start)]:start].strip()}

    @functools.cached_property
    def trailing(self):
        """Comments behind code, by the line on which they begin."""
        return {self.line(start): (start, end) for start, end in self.comments
                if self.code[self.starts[self.line(start)]:start].strip()}

    def words(self, span):
        """A comment as one paragraph."""
        text = self.raw[span[0] + 2:span[1] - 2].decode()
        return " ".join(re.sub(r"^\s*\* ?", "", line).strip() for line in text.split("\n")).strip()

    def is_section(self, span):
        return self.raw[span[0]:span[1]].startswith(b"/* ----")

    def above(self, line):
        """The comment that ends on the line before, if it is about what follows."""
        span = self.leading.get(line - 1)
        return "" if span is None or self.is_section(span) else self.words(span)

    def behind(self, line):
        span = self.trailing.get(line)
        return self.words(span) if span else ""

    @functools.cached_property
    def sections(self):
        """(line, title) of the headings."""
        found = []
        for span in self.comments:
            if self.is_section(span):
                found.append((self.line(span[0]), self.words(span).strip("- ")))
        return found

    def section(self, line):
        return next((title for place, title in reversed(self.sections) if place < line), "")


# ---- Types ---------------------------------------------------------------------------------------------------------

def written(kind):
    """A type as C writes it before a name, and what comes behind the name."""
    text = ("const " if kind.get("is_const") else "") + kind["type"]
    text += " " + "*" * kind["pointers"] if kind.get("pointers") else " "
    return text, f"[{kind['count']}]" if kind.get("count") else ""


def declared(thing):
    """`uint32_t size`, `const char *map_path`, `char field[128]`."""
    before, behind = written(thing)
    return before + thing["name"] + behind


def typed(qualified):
    """A C type in parts: base name, pointers, const, array length."""
    match = re.fullmatch(r"(const )?(?:struct )?(\w+) ?(\**)(?:\[(\d+)\])?", qualified)
    if not match:
        raise ContractError(f"a type that no other language can bind: {qualified}")
    made = {"type": match.group(2)}
    if match.group(3):
        made["pointers"] = len(match.group(3))
    if match.group(1):
        made["is_const"] = True
    if match.group(4):
        made["count"] = int(match.group(4))
    return made


# ---- Reading -------------------------------------------------------------------------------------------------------

def macros(text):
    """Every `#define HJ_NAME value` in order: name, value as written, line, comment behind, comment above its run."""
    found = []
    pattern = rb"^#define[ \t]+(HJ_\w+)[ \t]+(?:\\\n[ \t]*)?([^\n]+?)[ \t]*$"
    group, previous = "", None
    for match in re.finditer(pattern, text.code, re.M):
        first, last = text.line(match.start()), text.line(match.start(2))
        if first - 1 != previous:
            group = text.above(first)
        # A comment that begins behind the value may run over several lines: the run goes on below its end.
        behind = text.trailing.get(last)
        previous = text.line(behind[1]) if behind else last
        found.append({"name": match.group(1).decode(), "written": match.group(2).decode(), "line": first,
                      "comment": text.behind(last), "group": group})
    return found


def probe(folder, constants, structs):
    """Values of the macros and offsets of the fields, as clang computes them."""
    lines = ['#include <stddef.h>\n#include "hujia.h"\nenum {']
    lines += [f"v_{name} = (long long)({name})," for name in constants]
    for struct, fields in structs.items():
        lines.append(f"s_{struct} = sizeof({struct}), a_{struct} = _Alignof({struct}),")
        for field in fields:
            lines.append(f"o_{struct}__{field} = offsetof({struct}, {field}),")
            lines.append(f"b_{struct}__{field} = sizeof((({struct} *)0)->{field}),")
    values = {}
    for node in syntax_tree(folder, "\n".join(lines) + "};\n")[-1]["inner"]:
        inner = node["inner"][0]
        while "value" not in inner:
            inner = inner["inner"][0]
        values[node["name"]] = int(inner["value"])
    return values


def declarations(folder):
    """Type names, structs and functions of the header, in order."""
    return [node for node in syntax_tree(folder, '#include "hujia.h"\n')
            if (node.get("name") or "").startswith("hj_") and node["kind"] in
            ("TypedefDecl", "RecordDecl", "FunctionDecl")]


def read_fields(text, record, name, values):
    fields, previous = [], None
    for node in record.get("inner", []):
        if node["kind"] != "FieldDecl":
            continue
        line = text.line(node["loc"]["offset"])
        # A field whose declaration was broken has its comment behind the last line.
        stop = text.code.index(b";", node["loc"]["offset"])
        behind, above = text.behind(text.line(stop)), text.above(text.line(node["range"]["begin"]["offset"]))
        key = f"{name}__{node['name']}"
        field = {"name": node["name"], **typed(node["type"]["qualType"]), "offset": values["o_" + key],
                 "bytes": values["b_" + key], "comment": behind}
        if above and previous != line:  # `lat_e7, lon_e7` have one comment
            field["above"] = above
        fields.append(field)
        previous = line
    return fields


def thread_class(comment, section, previous):
    """As the comment says, or the section; a comment that begins "The same" is about the function before it."""
    for text in (comment, section):
        found = re.search(r"\b(ANY THREAD|BATON|BEFORE START)\b", text)
        if found:
            return found.group(1).lower()
    return previous["thread"] if previous and comment.startswith("The same") else ""


def read_function(text, node, previous):
    line = text.line(node["range"]["begin"]["offset"])
    comment, section = text.above(line), text.section(line)
    # A variant right below stands under the same comment.
    shares = not comment and previous is not None and previous["_last"] == line - 1
    if shares:
        comment = previous["comment"]
    returned = re.match(r"^(.*?)\s*\(", node["type"]["qualType"]).group(1)
    function = {"name": node["name"], "returns": typed(returned), "thread": thread_class(comment, section, previous),
                "section": re.sub(r":.*", "", section), "comment": comment}
    parameters = [child for child in node.get("inner", []) if child["kind"] == "ParmVarDecl"]
    function["parameters"] = [{"name": child["name"], **typed(child["type"]["qualType"])} for child in parameters]
    function["_last"] = text.line(node["range"]["end"]["offset"])
    return function


# What any function may answer, as the head of the header says.
ALWAYS = ["HJ_OK", "HJ_E_STALE", "HJ_E_FORKED", "HJ_E_STATE"]


def add_answers(functions, statuses):
    """The statuses that each function may answer: those that its comment names, and those of the function that it
    refers to ("errors as there", "As hj_clock_take", "The same, and ...")."""
    known = [status["name"] for status in statuses]
    found = {}
    for previous, function in zip([None, *functions], functions):
        comment, said = function["comment"], set(ALWAYS)
        said |= set(re.findall(r"\bHJ_\w+", comment))
        for other in re.findall(r"(?:[Ee]rrors as|(?:^|[.;] )As) (hj_\w+|there)", comment):
            said |= found.get(previous["name"] if other == "there" else other, set())
        if comment.startswith("The same"):
            said |= found.get(previous["name"], set())
        found[function["name"]] = said
        if function["returns"]["type"] == "hj_status":
            function["answers"] = [name for name in known if name in said]


def callback(node):
    """A function pointer's parts: clang has the types, the text the names."""
    match = re.fullmatch(r"(.+?)\s*\(\*\)\((.*)\)", node["type"]["qualType"])
    return {"returns": typed(match.group(1)), "parameters": [typed(part.strip()) for part in match.group(2).split(",")]}


def read(folder=HEADER.parent):
    """The whole contract."""
    text = Text((pathlib.Path(folder) / "hujia.h").read_bytes())
    nodes = declarations(folder)
    defined = macros(text)
    records = {node["name"]: node for node in nodes if node["kind"] == "RecordDecl" and node.get("completeDefinition")}
    names = {name: [child["name"] for child in node["inner"] if child["kind"] == "FieldDecl"]
             for name, node in records.items()}
    values = probe(folder, [macro["name"] for macro in defined], names)

    types, structs, functions = [], [], []
    for node in nodes:
        line = text.line(node["range"]["begin"]["offset"])
        name, comment = node["name"], text.above(line)
        if node["kind"] == "FunctionDecl":
            functions.append(read_function(text, node, functions[-1] if functions else None))
        elif node["kind"] == "TypedefDecl" and name in records:
            structs.append({"name": name, "size": values["s_" + name], "alignment": values["a_" + name],
                            "comment": comment, "fields": read_fields(text, records[name], name, values)})
        elif node["kind"] == "TypedefDecl":
            made = {"name": name}
            if "(*)" in node["type"]["qualType"]:
                made.update(callback(node))
            elif node["type"]["qualType"] == "struct " + name:
                made["is_opaque"] = True
            else:
                made.update(typed(node["type"]["qualType"]))
            comment = text.behind(text.line(node["range"]["end"]["offset"])) or comment
            if comment:
                made["comment"] = comment
            types.append(made)
    for function in functions:
        del function["_last"]
    version = ".".join(str(values[f"v_HJ_VERSION_{part}"]) for part in ("MAJOR", "MINOR", "PATCH"))
    contract = {"version": version, "abi": values["v_HJ_ABI_VERSION"]}
    contract.update(vocabulary.sort(defined, values))
    add_answers(functions, contract["statuses"])
    contract.update(types=types, structs=structs, functions=functions)
    return contract
