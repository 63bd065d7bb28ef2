"""How commands stand on record: the encoder, the decoder, what tests go by, and the golden files, from commands.json.

A golden file is written once for a kind and a version, by an encoder of its own (below, a twin of the Swift one). What
is committed never changes: a kind that would be written otherwise is refused, until it has a new version.
"""

import hashlib
import json
import struct

from contracting import files, header
from contracting.errors import ContractError

SOURCE = header.ROOT / "Sources" / "Engine" / "Commands" / "commands.json"
ENCODING = "Sources/Engine/Commands/Encoding/"
GOLDEN = "Tests/Golden/commands/"
NUMBERS = {"u8": ("UInt8", "<B"), "u16": ("UInt16", "<H"), "u32": ("UInt32", "<I"), "u64": ("UInt64", "<Q"),
           "i32": ("Int32", "<i"), "i64": ("Int64", "<q"), "int": ("Int", "<q")}
HEAD = 8  # kind u16, version u16, length u32
GROUP = 12  # kinds in one function


class Format:
    def __init__(self, described):
        self.described = described
        self.types = described["types"]
        self.kinds = described["kinds"]
        self.newest = described["version"]

    def fields(self, owner, version):
        return [field for field in owner["fields"] if field.get("since", 1) <= version]

    def size(self, name, version):
        """Bytes, at most."""
        if name in NUMBERS:
            return struct.calcsize(NUMBERS[name][1])
        if name in ("bool", "bytes32"):
            return {"bool": 1, "bytes32": 32}[name]
        described = self.types[name]
        if "raw" in described:
            return self.size(described["raw"], version)
        if "element" in described:
            return 1 + described["most"] * self.size(described["element"], version)
        return sum(self.size(field["type"], version) for field in self.fields(described, version))

    def versions_of(self, kind):
        """Those that changed it, the first one too."""
        def changes(owner):
            found = {owner.get("since", 1)}
            for field in owner.get("fields", ()):
                found |= {field.get("since", 1)} | changes(self.types.get(field["type"], {}))
            return found | changes(self.types[owner["element"]]) if "element" in owner else found
        return sorted(changes(kind) | changes({"fields": self.described["head"]}))

    def version_of(self, kind):
        """The newest version that changed it."""
        return self.versions_of(kind)[-1]

    def changed(self, name):
        """Whether a type has, or holds, what came later than the type itself."""
        described = self.types.get(name, {})
        return "element" in described and self.changed(described["element"]) or any(field.get("since", 1) > 1 or self.changed(field["type"]) for field in described.get("fields", ()))

    def most_bytes(self, kind, version):
        fields = self.described["head"] + self.fields(kind, version)
        return HEAD + sum(self.size(field["type"], version) for field in fields)


def check(form):
    numbers = [kind["kind"] for kind in form.kinds]
    if len(set(numbers)) != len(numbers) or len({kind["case"] for kind in form.kinds}) != len(numbers):
        raise ContractError("commands.json: a kind stands there twice")
    for kind in form.kinds:
        most = form.most_bytes(kind, form.newest)
        if most > form.described["most_bytes"]:
            raise ContractError(f"commands.json: {kind['case']} takes {most} bytes")
        # The kinds up to 40 are those of format 1.
        if (kind.get("format", 1) > 1) != (kind["kind"] > 40) or kind.get("format", 1) > form.newest:
            raise ContractError(f"commands.json: {kind['case']}: \"format\" says with which format it came")
        if form.version_of(kind) > form.newest:
            raise ContractError(f"commands.json: {kind['case']} has a field of a version that is still to come")
    for owner in [*form.types.values(), *form.kinds, {"fields": form.described["head"]}]:
        sinces = [field.get("since", 1) for field in owner.get("fields", ())]
        if sinces != sorted(sinces):
            raise ContractError(f"commands.json: a new field stands before an old one: {owner}")


# ---- Swift ---------------------------------------------------------------------------------------------------------

def reading(form, name, since=1):
    """The call that reads a value of a type. A flag that came later is false in the records of before."""
    return ("" if since == 1 else f"version >= {since} && ") + (f"{name}()" if name in NUMBERS or name in ("bool", "bytes32") else f"{words(name)}(version)")


def words(name):
    return files.camel(name)


def pattern(kind):
    names = ", ".join(f"let {field['name']}" for field in kind["fields"])
    return f".{kind['case']}" + (f"({names})" if names else "")


def made_parts(form, kind):
    parts = []
    for field in kind["fields"]:
        label = field.get("label", field["name"])
        parts.append((f"{label}: " if label else "") + reading(form, field["type"], field.get("since", 1)))
    return parts


def broken(kind, one, made, parts):
    """A case on one line, or a part a line where that is too long."""
    if len(one) <= 100:
        return [one]
    open_at = made.index("(", made.index(kind["case"])) + 1
    lines = [f"    case {kind['kind']}:", f"      return {made[:open_at]}"] + [f"        {part}," for part in parts]
    lines[-1] = lines[-1].rstrip(",") + made[made.rindex(parts[-1]) + len(parts[-1]):]
    return lines


def construction(form, kind):
    parts = made_parts(form, kind)
    made = f".{kind['case']}" + (f"({', '.join(parts)})" if parts else "")
    return made if kind.get("points") else f".plain({made})"


def groups(form):
    return [form.kinds[first:first + GROUP] for first in range(0, len(form.kinds), GROUP)]


def swift_format(form):
    lines = [files.swift("Numbers of the record's format: kinds, their versions, the largest size.")[:-1],
             "enum CommandFormat {",
             f"  static var mostBytes: Int {{ {form.described['most_bytes']} }}", "",
             "  static func kind(_ change: RecordedChange) -> UInt16 {", "    switch change {",
             "    case .plain(let change): kind(change)"]
    lines += [f"    case .{kind['case']}: {kind['kind']}" for kind in form.kinds if kind.get("points")]
    lines += ["    }", "  }", "", "  static func kind(_ change: Change) -> UInt16 {", "    switch change {"]
    lines += [f"    case .{kind['case']}: {kind['kind']}" for kind in form.kinds]
    lines += ["    }", "  }", "", "  /// The version that an encoder of now writes; nil: no such kind.",
              "  static func newestVersion(_ kind: UInt16) -> UInt16? {", "    switch kind {"]
    for version in range(1, form.newest + 1):
        numbers = [str(kind["kind"]) for kind in form.kinds if form.version_of(kind) == version]
        if numbers:
            text = files.filled([number + "," for number in numbers], "      ", 96)
            lines += [f"    case {text[0].strip()}", *text[1:]]
            lines[-1] = lines[-1].rstrip(",") + f": {version}"
    lines += ["    default: nil", "    }", "  }", "",
              "  /// Of the journal: the newest that there is, and the one that a kind came with.",
              f"  static var newestFormat: UInt32 {{ {form.newest} }}", "  static func format(_ kind: UInt16) -> UInt32 {",
              "    switch kind {"]
    for number in range(2, form.newest + 1):
        kinds = [str(kind["kind"]) for kind in form.kinds if kind.get("format", 1) == number]
        if kinds:
            lines += [f"    case {', '.join(kinds)}: {number}"]
    lines += ["    default: 1", "    }", "  }", "",
              "  /// The version in which a journal of this format has it.",
              "  static func version(_ kind: UInt16, _ format: UInt32) -> UInt16 {", "    switch kind {"]
    for kind in form.kinds:
        changes = form.versions_of(kind)
        if len(changes) > 1:
            steps = "".join(f"format >= {version} ? {version} : " for version in reversed(changes[1:]))
            lines += [f"    case {kind['kind']}: {steps}{changes[0]}"]
    lines += ["    default: newestVersion(kind) ?? 0", "    }", "  }", "}"]
    return "\n".join(lines) + "\n"


def swift_names(form):
    lines = [files.swift("What a command is called where people read of it. What it points at is never touched.")[:-1],
             "extension Change {", "  package var name: String {", "    switch self {"]
    lines += [f"    case .{kind['case']}: \"{kind['case']}\"" for kind in form.kinds]
    lines += ["    }", "  }", "}", "", "extension RecordedChange {", "  package var name: String {", "    switch self {",
              "    case .plain(let change): change.name"]
    lines += [f"    case .{kind['case']}: \"{kind['case']}\"" for kind in form.kinds if kind.get("points")]
    return "\n".join([*lines, "    }", "  }", "}"]) + "\n"


def swift_writer(form):
    def written(field, value):
        """Numbers and what a module below writes are put; what this file writes is encoded."""
        described = form.types.get(field["type"], {"coded": True} if field["type"] != "bytes32" else {})
        version = ", version" if form.changed(field["type"]) else ""
        call = f"{'put' if 'coded' in described else 'encode'}({value}{version})"
        since = field.get("since", 1)
        return call if since == 1 else f"if version >= {since} {{ {call} }}"

    lines = [files.swift("How each kind of command and each type of its fields is written.",
                         ["HujiaContainers", "HujiaIngest"])[:-1],
             "extension NumberWriter {"]
    for name, described in form.types.items():
        swift = described["swift"]
        if "coded" in described:  # by hand, in a module below
            continue
        if "raw" in described:
            lines += [f"  mutating func encode(_ value: {swift}) {{ put(value.rawValue) }}"]
            continue
        version, inner = (", _ version: UInt16", ", version") if form.changed(name) else ("", "")
        lines += [f"  mutating func encode(_ value: {swift}{version}) {{"]
        if "element" in described:
            lines += ["    put(UInt8(truncatingIfNeeded: value.count))",
                      f"    for index in 0..<value.count {{ encode(value.elements[index]{inner}) }}", "  }"]
        else:
            lines += ["    " + written(field, f"value.{field['name']}") for field in described["fields"]] + ["  }"]
    lines += ["", "  mutating func encode(_ change: RecordedChange, _ version: UInt16) {", "    switch change {",
              "    case .plain(let change): encode(change, version)"]
    for kind in form.kinds:
        if kind.get("points"):
            lines += [f"    case {pattern(kind)}: " + written(kind["fields"][0], kind["fields"][0]["name"])]
    lines += ["    }", "  }"]
    parts = groups(form)
    for index, group in enumerate(parts):
        suffix = "" if index == 0 else f"From{group[0]['kind']}"
        lines += ["", f"  {'' if index == 0 else 'private '}mutating func encode{suffix}("
                  "_ change: Change, _ version: UInt16) {", "    switch change {"]
        for kind in group:
            if kind.get("points"):
                continue
            lines += [f"    case {pattern(kind)}:" + ("" if kind["fields"] else " break")]
            lines += ["      " + written(field, field["name"]) for field in kind["fields"]]
        rest = f"encode{'From' + str(parts[index + 1][0]['kind'])}(change, version)" if index + 1 < len(parts) else "break"
        lines += [f"    default: {rest}", "    }", "  }"]
    return "\n".join(lines + ["}"]) + "\n"


def swift_reader(form):
    lines = [files.swift("How each kind of command and each type of its fields is read, in every version of it.",
                         ["HujiaContainers", "HujiaIngest"])[:-1],
             "extension NumberReader {"]
    for name, described in form.types.items():
        swift = described["swift"]
        if "coded" in described:
            continue
        lines += [f"  mutating func {words(name)}(_ version: UInt16) -> {swift} {{"]
        if "raw" in described:
            first = described["values"][0]
            lines += [f"    guard let value = {swift}(rawValue: {described['raw']}()) else {{", "      fail()",
                      f"      return {swift}(rawValue: {first}).unsafelyUnwrapped", "    }", "    return value", "  }"]
            continue
        if "element" in described:
            lines += [f"    var value = {swift}()", "    let count = Int(u8())",
                      f"    guard count <= {swift}.most else {{", "      fail()", "      return value", "    }",
                      f"    while value.count < count {{",
                      f"      value.elements[value.count] = {reading(form, described['element'])}",
                      "      value.count += 1", "    }", "    return value", "  }"]
            continue
        lines += [f"    var value = {swift}.blank"]
        for field in described["fields"]:
            read = f"value.{field['name']} = {reading(form, field['type'])}"
            since = field.get("since", 1)
            lines += [f"    {read}" if since == 1 else f"    if version >= {since} {{ {read} }}"]
        lines += ["    return value", "  }"]
    parts = groups(form)
    for index, group in enumerate(parts):
        suffix = "" if index == 0 else f"From{group[0]['kind']}"
        lines += ["", "  /// nil: no such kind." if index == 0 else "", 
                  f"  {'' if index == 0 else 'private '}mutating func change{suffix}("
                  "_ kind: UInt16, _ version: UInt16) -> RecordedChange? {", "    switch kind {"]
        for kind in group:
            made = construction(form, kind)
            one = f"    case {kind['kind']}: return {made}"
            lines += broken(kind, one, made, made_parts(form, kind))
        rest = f"changeFrom{parts[index + 1][0]['kind']}(kind, version)" if index + 1 < len(parts) else "nil"
        lines += [f"    default: return {rest}", "    }", "  }"]
    text = "\n".join(lines + ["}"]) + "\n"
    return text.replace("\n\n\n", "\n\n")


# ---- What tests go by ----------------------------------------------------------------------------------------------

def swift_tests(form):
    lines = [files.swift("Random records of each kind; the fields of each type.",
                         ["HujiaRoads", "HujiaTestSupport"])[:-1],
             "@testable import HujiaEngine", "", "enum CommandSamples {",
             "  static let kinds: [UInt16] = ["]
    lines += files.filled([f"{kind['kind']}," for kind in form.kinds], "    ", 96) + ["  ]"]
    lines += ["  static let names: [UInt16: String] = ["]
    lines += files.filled([f"{kind['kind']}: \"{kind['case']}\"," for kind in form.kinds], "    ", 96) + ["  ]", ""]
    lines += ["  /// The fields of each type, as commands.json lists them.",
              "  static var fields: [(type: Any, names: [String])] {", "    ["]
    for described in form.types.values():
        if "fields" in described:
            names = [f'"{field["name"]}",' for field in described["fields"]]
            text = files.filled(names, "      ", 96)
            text[-1] = text[-1].rstrip(",") + "]),"
            lines += [f"    ({described['swift']}.blank, [", *text]
    lines += ["    ]", "  }", "}", ""]
    return "\n".join(lines + swift_random(form)) + "\n"


def swift_lines(form):
    lines = [files.swift("What a record says.", ["HujiaRoads"])[:-1], "@testable import HujiaEngine", "",
             "/// One line a field.", "struct CommandLines {", "  var lines: [String] = []",
             "  mutating func say<Number: FixedWidthInteger>(_ path: String, _ number: Number) {",
             '    lines.append("\\(path) \\(number)")', "  }",
             "  mutating func say(_ path: String, _ flag: Bool) { say(path, flag ? 1 : 0) }",
             "  mutating func say(_ path: String, _ reference: Reference) {",
             "    for word in 0..<4 { say(\"\\(path).\\(word)\", reference.words[word]) }", "  }"]
    for described in form.types.values():
        lines += [f"  mutating func say(_ path: String, _ value: {described['swift']}) {{"]
        if "raw" in described:
            lines += ["    say(path, value.rawValue)"]
        elif "element" in described:
            lines += ['    say("\\(path).count", value.count)',
                      "    for index in 0..<value.count { say(\"\\(path).\\(index)\", value.elements[index]) }"]
        else:
            lines += [f'    say("\\(path).{field["name"]}", value.{field["name"]})' for field in described["fields"]]
        lines += ["  }"]
    lines += ["  mutating func say(_ change: RecordedChange) {", "    switch change {",
              "    case .plain(let change): say(change)"]
    lines += [f"    case {pattern(kind)}: say(\"{kind['fields'][0]['name']}\", {kind['fields'][0]['name']})"
              for kind in form.kinds if kind.get("points")]
    lines += ["    }", "  }"]
    parts = groups(form)
    for index, group in enumerate(parts):
        suffix = "" if index == 0 else f"From{group[0]['kind']}"
        lines += [f"  mutating func say{suffix}(_ change: Change) {{", "    switch change {"]
        for kind in group:
            if not kind.get("points"):
                lines += [f"    case {pattern(kind)}:" + ("" if kind["fields"] else " break")]
                lines += [f"      say(\"{field['name']}\", {field['name']})" for field in kind["fields"]]
        rest = f"sayFrom{parts[index + 1][0]['kind']}(change)" if index + 1 < len(parts) else "break"
        lines += [f"    default: {rest}", "    }", "  }"]
    return "\n".join(lines + ["}"]) + "\n"


# Which vocabulary of the header a type's words are from.
VOCABULARIES = {"tier": "TIER", "incident_state": "INCIDENT", "assignment_state": "ASSIGNMENT", "activity": "ACTIVITY",
                "clock": "CLOCK"}


def swift_report(form):
    """Every field of a command by name, for what people and programs read of a journal."""
    def said(field, value):
        kind, name = field["type"], field["name"]
        if kind in VOCABULARIES:
            return f'say("{name}", Int32({value}.rawValue), HJ_NAMES_{VOCABULARIES[kind]})'
        if name == "source":
            return f'say("{name}", Int32({value}), HJ_NAMES_SOURCE)'
        if kind in NUMBERS or kind in ("bool", "bytes32"):
            return f'say("{name}", {value})'
        return f'nest("{name}") {{ $0.say({value}) }}'

    lines = [files.swift("What a command says, field by field.",
                         ["CHujia", "HujiaDriver", "HujiaEngine", "HujiaRoads"])[:-1], "extension FieldList {"]
    for name, described in form.types.items():
        if "raw" in described or name == "act":
            continue
        lines += [f"  mutating func say(_ value: {described['swift']}) {{"]
        if "element" in described:
            lines += ['    say("count", UInt32(value.count))',
                      "    for index in 0..<value.count { nest(\"\\(index)\") { $0.say(value.elements[index]) } }"]
        else:
            lines += [f"    {said(field, 'value.' + field['name'])}" for field in described["fields"]]
        lines += ["  }"]
    lines += ["  mutating func say(_ change: RecordedChange) {", "    switch change {",
              "    case .plain(let change): say(change)"]
    for kind in form.kinds:
        if kind.get("points"):
            field = kind["fields"][0]
            lines += [f"    case {pattern(kind)}: {said(field, field['name'])}"]
    lines += ["    }", "  }"]
    parts = groups(form)
    for index, group in enumerate(parts):
        suffix = "" if index == 0 else f"From{group[0]['kind']}"
        lines += [f"  {'' if index == 0 else 'private '}mutating func say{suffix}(_ change: Change) {{",
                  "    switch change {"]
        for kind in group:
            if not kind.get("points"):
                lines += [f"    case {pattern(kind)}:" + ("" if kind["fields"] else " break")]
                lines += [f"      {said(field, field['name'])}" for field in kind["fields"]]
        rest = f"sayFrom{parts[index + 1][0]['kind']}(change)" if index + 1 < len(parts) else "break"
        lines += [f"    default: {rest}", "    }", "  }"]
    return "\n".join(lines + ["}"]) + "\n"


def swift_random(form):
    def value(name):
        if name in NUMBERS:
            return f"{NUMBERS[name][0]}(truncatingIfNeeded: random.next())"
        return {"bool": "random.next() & 1 == 1"}.get(name, f"{words(name)}(&random)")
    lines = ["extension CommandSamples {", "  static func bytes32(_ random: inout SplitMix64) -> Reference {",
             "    var reference = Reference()", "    for word in 0..<4 { reference.words[word] = random.next() }",
             "    return reference", "  }"]
    for name, described in form.types.items():
        swift = described["swift"]
        lines += [f"  static func {words(name)}(_ random: inout SplitMix64) -> {swift} {{"]
        if "raw" in described:
            lines += [f"    let values: [{NUMBERS[described['raw']][0]}] = "
                      f"[{', '.join(str(number) for number in described['values'])}]",
                      f"    return {swift}(rawValue: values[random.below(values.count)]).unsafelyUnwrapped", "  }"]
        elif "element" in described:
            lines += [f"    var value = {swift}()", f"    value.count = random.below({swift}.most + 1)",
                      "    for index in 0..<value.count {",
                      f"      value.elements[index] = {value(described['element'])}", "    }", "    return value", "  }"]
        else:
            lines += [f"    var value = {swift}.blank"]
            lines += [f"    value.{field['name']} = {value(field['type'])}" for field in described["fields"]]
            lines += ["    return value", "  }"]
    parts = groups(form)
    for index, group in enumerate(parts):
        suffix = "" if index == 0 else f"From{group[0]['kind']}"
        lines += [f"  static func change{suffix}(_ kind: UInt16, _ random: inout SplitMix64) -> RecordedChange {{",
                  "    switch kind {"]
        for kind in group:
            given = []
            for field in kind["fields"]:
                label = field.get("label", field["name"])
                given.append((f"{label}: " if label else "") + value(field["type"]))
            made = f".{kind['case']}" + (f"({', '.join(given)})" if given else "")
            made = made if kind.get("points") else f".plain({made})"
            one = f"    case {kind['kind']}: return {made}"
            lines += broken(kind, one, made, given)
        rest = f"changeFrom{parts[index + 1][0]['kind']}(kind, &random)" if index + 1 < len(parts) else \
            "return .plain(.resetFigures)"
        lines += [f"    default: {rest if rest.startswith('return') else 'return ' + rest}", "    }", "  }"]
    return lines + ["}"]


# ---- Golden files --------------------------------------------------------------------------------------------------

class Golden:
    """One record of a kind in a version: its bytes, and what they say."""

    def __init__(self, form, kind, version):
        self.form, self.kind, self.version = form, kind, version
        self.body, self.lines = b"", []
        for field in form.described["head"] + form.fields(kind, version):
            self.put(field["name"], field["type"])
        length = HEAD + len(self.body)
        self.bytes = struct.pack("<HHI", kind["kind"], version, length) + self.body

    def number(self, path):
        digest = hashlib.sha256(f"{self.kind['case']}/{path}".encode()).digest()
        return int.from_bytes(digest[:8], "little")

    def put(self, path, name):
        form = self.form
        if name in NUMBERS:
            code = NUMBERS[name][1]
            raw = self.number(path).to_bytes(8, "little")[:struct.calcsize(code)]
            self.add(path, raw, struct.unpack(code, raw)[0])
        elif name == "bool":
            bit = self.number(path) & 1
            self.add(path, bytes([bit]), bit)
        elif name == "bytes32":
            for word in range(4):
                self.put(f"{path}.{word}", "u64")
        elif "raw" in form.types[name]:
            values = form.types[name]["values"]
            value = values[self.number(path) % len(values)]
            self.add(path, struct.pack(NUMBERS[form.types[name]["raw"]][1], value), value)
        elif "element" in form.types[name]:
            count = 1 + self.number(path) % form.types[name]["most"]
            self.add(f"{path}.count", bytes([count]), count)
            for index in range(count):
                self.put(f"{path}.{index}", form.types[name]["element"])
        else:
            for field in form.fields(form.types[name], self.version):
                self.put(f"{path}.{field['name']}", field["type"])

    def add(self, path, raw, value):
        self.body += raw
        self.lines.append(f"{path} {value}")

    def text(self):
        written = self.bytes.hex()
        rows = [written[at:at + 96] for at in range(0, len(written), 96)]
        head = [f"# {files.MARK}",
                f"# Kind {self.kind['kind']}, {self.kind['case']}, version {self.version}: bytes, and what they say."]
        return "\n".join(head + rows + [f"= {line}" for line in self.lines]) + "\n"


def goldens(form):
    made = {}
    for kind in form.kinds:
        for version in form.versions_of(kind):
            path = f"{GOLDEN}{kind['kind']:02}-{kind['case']}-{version}.txt"
            made[path] = Golden(form, kind, version).text()
    folder = header.ROOT / GOLDEN
    for there in sorted(folder.glob("*.txt")) if folder.exists() else ():
        path = GOLDEN + there.name
        if path not in made:
            raise ContractError(f"{path}: its kind or version is gone from commands.json")
        if there.read_text(encoding="utf-8") != made[path]:
            raise ContractError(
                f"{path} was committed and would be written otherwise now: what is new takes a new version")
    return made


def everything():
    form = Format(json.loads(SOURCE.read_text(encoding="utf-8")))
    check(form)
    return {ENCODING + "CommandFormat.swift": swift_format(form),
            ENCODING + "Change+Name.swift": swift_names(form),
            ENCODING + "NumberWriter+Kinds.swift": swift_writer(form),
            ENCODING + "NumberReader+Kinds.swift": swift_reader(form),
            "Tests/EngineTests/CommandSamples.swift": swift_tests(form),
            "Sources/JournalReport/CommandFields.swift": swift_report(form),
            "Tests/EngineTests/CommandLines.swift": swift_lines(form), **goldens(form)}
