"""Swift: the C interface's words and sentences, the vocabulary of each layer, the words of plans, layout tests."""

import json
import re

from contracting import files, header, tables

COLUMNS = 100
# A field of the C header; not a name that ends with its unit, which Swift writes alike.
SNAKE = re.compile(r"\b(?![a-z]+_(?:ns|ms|us|s|dm)\b)[a-z]+(?:_[a-z0-9]+)+\b")


def everything(contract):
    made = {
        "Sources/CInterface/Names.swift": names(contract, lambda number: number < 10, True),
        "Sources/CInterface/Names+Settings.swift": names(contract, lambda number: number >= 10, False),
        "Sources/CInterface/StatusText.swift": status_text(contract),
        "Sources/CInterface/FirstSizes.swift": first_sizes(contract),
        "Sources/Hujia/StatusSentences.swift": sentences(contract),
        "Sources/Driver/Plans/PlanWords+Header.swift": plan_words(contract),
        "Tests/LayoutTests/LayoutTests.swift": layout_tests(contract),
    }
    for file in tables.SWIFT:
        made[file["path"]] = vocabulary(contract, file)
    return made


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


# ---- The C interface -----------------------------------------------------------------------------------------------

def names(contract, holds, has_entry):
    """`hj_name` and one function for each vocabulary."""
    text = files.swift("Words for the constants of the header, as plans files and JSON write them.",
                       ["CHujia"] if has_entry else [])
    if has_entry:
        text += "@c @implementation\npublic func hj_name(_ vocabulary: Int32, _ value: Int32) -> "
        text += "UnsafePointer<CChar>! {\n  switch vocabulary {\n"
        for words in contract["vocabularies"]:
            text += f"  case {words['number']}: return Words.{files.camel(words['name'])}(value)\n"
        text += "  default: return constant(\"unknown\")\n  }\n}\n\n"
        text += "/// One function a vocabulary.\nenum Words {\n"
    else:
        text += "extension Words {\n"
    parts = []
    for words in contract["vocabularies"]:
        if not holds(words["number"]):
            continue
        part = f"  static func {files.camel(words['name'])}(_ value: Int32) -> UnsafePointer<CChar> {{\n"
        part += "    switch value {\n"
        for constant in words["constants"]:
            part += f"    case {constant['value']}: return constant({quoted(constant['word'])})\n"
        parts.append(part + "    default: return constant(\"unknown\")\n    }\n  }\n")
    return text + "\n".join(parts) + "}\n"


def status_text(contract):
    text = files.swift("Names and sentences of statuses, and the version: all from the header.", ["CHujia"])
    for function, key, otherwise in (("name", "name", "HJ_UNKNOWN_STATUS"),
                                     ("text", "text", "A number that is no status of this library.")):
        text += f"@c @implementation\npublic func hj_status_{function}(_ status: hj_status) -> "
        text += "UnsafePointer<CChar>! {\n  switch status {\n"
        for status in contract["statuses"]:
            text += f"  case {status['value']}: return constant({quoted(status[key])})\n"
        text += f"  default: return constant({quoted(otherwise)})\n  }}\n}}\n\n"
    text += "@c @implementation\npublic func hj_version() -> UnsafePointer<CChar>! "
    text += f"{{ constant({quoted(contract['version'])}) }}\n\n"
    text += f"@c @implementation\npublic func hj_abi_version() -> UInt32 {{ {contract['abi']} }}\n"
    return text


def first_sizes(contract):
    grown = [struct for struct in contract["structs"] if struct["first_size"] != struct["size"]]
    text = files.swift("What structs had in the version that they came with, by include/released.json.", ["CHujia"])
    text += "extension Sized {\n  /// Bytes of the struct in its first version: the least that a caller may have.\n"
    text += "  @inline(__always)\n  static var first: Int {\n"
    for struct in grown:
        text += f"    if Value.self == {struct['name']}.self {{ return {struct['first_size']} }}\n"
    return text + "    return MemoryLayout<Value>.size\n  }\n}\n"


# ---- Vocabulary ----------------------------------------------------------------------------------------------------

def remark(comment, is_public=False):
    """A constant's comment as Swift says it: what stands in brackets about C is left out, and so is all that speaks
    of C's names elsewhere, and for readers of the public face what speaks of C's fields."""
    text = re.sub(r" \([^()]*\b[hH][jJ]_[^()]*\)", "", comment).strip().removeprefix("* ")
    for said in sorted(tables.SPOKEN, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(said)}(?!\w)", tables.SPOKEN[said], text)
    text = re.sub(r"[.,;]? \(?[sS]ince \d+\.\d+\)?\.?$", "", text)
    if not text or re.search(r"\b[hH][jJ]_", text) or (is_public and SNAKE.search(text)):
        return ""
    if not re.match(r"[\w`]*[_`]", text):
        text = text[0].upper() + text[1:]
    return text if text.endswith(".") else text + "."


def doc(text, indent):
    return files.filled(text.split(), indent + "/// ", 120) if text else []


def swift_name(constant):
    return tables.SWIFT_NAMES.get(constant["name"]) or files.camel(constant["word"])


def vocabulary(contract, file):
    found = {words["name"]: words for words in contract["vocabularies"]}
    text = files.swift(file["about"])
    parts = []
    for kind in file["types"]:
        words = found[kind["vocabulary"]]
        access = kind.get("access", file["access"]) + " "
        conforms = kind.get("conforms", file["conforms"])
        lines = option_set(kind, words, access, conforms) if words["is_bits"] else an_enum(kind, words, access, conforms)
        if "inside" in kind:
            lines = [f"extension {kind['inside']} {{", *("  " + line if line else "" for line in lines), "}"]
        parts.append("\n".join(lines) + "\n")
    if file.get("has_statuses"):
        parts.append(statuses(contract))
    return text + "\n".join(parts)


def chosen(kind, words):
    skips = kind.get("skips", [])
    constants = [constant for constant in words["constants"] if constant["word"].upper() not in skips]
    return sorted(constants, key=lambda constant: constant["value"])


def an_enum(kind, words, access, conforms):
    constants = chosen(kind, words)
    lines = doc(kind["about"], "")
    lines.append(f"{access}enum {kind['name']}: {kind.get('raw', 'Int32')}, {conforms} {{")
    if kind.get("none"):
        lines += ["  case none = 0"]
    for constant in constants:
        lines += doc(remark(constant["comment"], access == "public " and not kind.get("header")), "  ")
        lines.append(f"  case {swift_name(constant)} = {constant['value']}")
    if kind.get("header"):
        lines += ["", f"  @inlinable {access}init?(header value: Int32) {{", "    switch value {"]
        lines += [f"    case {constant['value']}: self = .{swift_name(constant)}" for constant in constants]
        lines += ["    default: return nil", "    }", "  }"]
    return lines + ["}"]


def option_set(kind, words, access, conforms):
    lines = doc(kind["about"], "")
    lines += [f"{access}struct {kind['name']}: OptionSet, {conforms} {{", f"  {access}let rawValue: UInt32",
              f"  {access}init(rawValue: UInt32) {{ self.rawValue = rawValue }}"]
    for constant in chosen(kind, words):
        lines += doc(remark(constant["comment"], access == "public "), "  ")
        lines.append(f"  {access}static let {swift_name(constant)} = {kind['name']}(rawValue: {constant['value']})")
    return lines + ["}"]


def status_name(status):
    word = re.sub(r"^HJ_(E_)?", "", status["name"])
    return tables.SWIFT_NAMES.get(status["name"]) or files.camel(word)


def statuses(contract):
    lines = ["extension Status {"]
    for status in contract["statuses"]:
        lines += doc(remark(status["text"]), "  ")
        lines.append(f"  @inlinable public static var {status_name(status)}: Status {{ Status(rawValue: "
                     f"{status['value']}) }}")
    return "\n".join(lines) + "\n}\n"


def sentences(contract):
    text = files.swift("What a status says to a person, where the caller writes Swift: the header's sentence without "
                       "what it says of C.")
    text += "extension HujiaError {\n  static func sentence(_ code: Int32) -> String {\n    switch code {\n"
    for status in contract["statuses"]:
        said = re.sub(r" \([^()]*\bhj_[^()]*\)", "", status["text"])
        text += f"    case {status['value']}: return {quoted(said)}\n"
    return text + "    default: return \"status \\(code)\"\n    }\n  }\n}\n"


def plan_words(contract):
    found = {words["name"]: words for words in contract["vocabularies"]}
    text = files.swift("The header's words that plans are written in, and what they stand for.", ["HujiaEngine"])
    text += "extension PlanWords {\n"
    for name, vocabulary_name, kind, skips in tables.PLAN_WORDS:
        pairs = [f"({quoted(constant['word'])}, .{swift_name(constant)})"
                 for constant in found[vocabulary_name]["constants"] if constant["word"].upper() not in skips]
        text += f"  static let {name}: [(word: String, value: {kind})] = [\n"
        text += "\n".join(files.filled([pair + "," for pair in pairs], "    ", COLUMNS)) + "\n  ]\n"
    return text + "}\n"


# ---- Layout --------------------------------------------------------------------------------------------------------

def layout_tests(contract):
    text = files.swift("The layout of the header's structs as Swift sees it: the library writes what C programs read. "
                       "The C side\n// of the same table is Tests/CInterfaceTests/layout.c.", ["CHujia", "Testing"])
    text += "@Suite struct LayoutTests {\n"
    parts = []
    for struct in contract["structs"]:
        name = struct["name"]
        # In backquotes: hj_repeat is a word of the language.
        word = files.camel(name.removeprefix("hj_"))
        part = f"  @Test func {'`repeat`' if word == 'repeat' else word}() {{\n"
        part += f"    #expect(MemoryLayout<{name}>.size == {struct['size']})\n"
        part += f"    #expect(MemoryLayout<{name}>.stride == {struct['size']})\n"
        pairs = [f"(\\.{field['name']}, {field['offset']})," for field in struct["fields"]]
        part += f"    let offsets: [(PartialKeyPath<{name}>, Int)] = [\n"
        part += "\n".join(files.filled(pairs, "      ", COLUMNS)) + "\n    ]\n"
        part += "    for (field, offset) in offsets {\n"
        part += f"      #expect(MemoryLayout<{name}>.offset(of: field) == offset)\n    }}\n  }}\n"
        parts.append(part)
    return text + "\n".join(parts) + "}\n"
