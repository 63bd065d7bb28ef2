"""Sorts the header's constants: statuses, vocabularies, and numbers that are no words.

A vocabulary is what HJ_NAMES_... names; a constant belongs to the longest prefix that fits. Its English word is its
name without the prefix, in small letters; its Chinese word is what its comment begins with in Chinese. A status's
sentence is its comment.
"""

import re

from contracting import tables

CHINESE = re.compile(r"^([一-鿿][一-鿿/（）、，]*)(?:$|[:：;,. ]\s*|\s)")


def chinese(comment):
    """(word, rest of the comment)."""
    found = CHINESE.match(comment)
    return (found.group(1), comment[found.end():]) if found else ("", comment)


def sentence(comment):
    """What a status says to a person: its comment, as a sentence."""
    text = comment.strip()
    if not text:
        return ""
    # `now_ns` and `size` are names and stay as they are.
    word = re.match(r"[\w`]+", text).group(0)
    if not ("_" in word or word.startswith("`")):
        text = text[0].upper() + text[1:]
    return text if text.endswith(".") else text + "."


def vocabulary_of(name, prefixes):
    if name in tables.WORDLESS:
        return None
    fits = [prefix for prefix in prefixes if name.startswith(f"HJ_{prefix}_")]
    return max(fits, key=len) if fits else None


def sort(defined, values):
    """{"statuses", "vocabularies", "numbers"} of the macros."""
    number = {macro["name"]: values["v_" + macro["name"]] for macro in defined}
    prefixes = {name[len("HJ_NAMES_"):]: value for name, value in number.items() if name.startswith("HJ_NAMES_")}
    statuses, numbers = [], []
    vocabularies = {prefix: {"name": prefix.lower(), "number": value, "constants": []}
                    for prefix, value in prefixes.items()}
    for macro in defined:
        made = {"name": macro["name"], "value": number[macro["name"]], "comment": macro["comment"]}
        prefix = vocabulary_of(macro["name"], prefixes)
        if prefix:
            into = vocabularies[prefix]
            if not into["constants"]:
                into["comment"] = macro["group"]
                into["is_bits"] = macro["written"].endswith("u")
            made["word"] = macro["name"][len(prefix) + 4:].lower()
            made["chinese"], made["comment"] = chinese(macro["comment"])
            into["constants"].append(made)
        elif is_status(macro["name"]):
            made["text"] = sentence(made.pop("comment"))
            statuses.append(made)
        else:
            numbers.append(made)
    return {"statuses": statuses, "vocabularies": list(vocabularies.values()), "numbers": numbers}


def is_status(name):
    return name.startswith("HJ_E_") or name in tables.RESULTS
