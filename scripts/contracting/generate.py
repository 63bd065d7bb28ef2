"""Every file that is generated: {path: text}. One module a language."""

import subprocess

from contracting import c, commands, files, header, journal, python, swift


def everything(contract):
    made = {"include/hujia.json": files.to_json({"//": files.MARK, **contract}) + "\n"}
    return {**made, **swift.everything(contract), **c.everything(contract),
            **python.everything(contract), **commands.everything(), **journal.everything()}


def marked():
    """The files of the repository whose first lines say that they are generated."""
    listed = subprocess.run(["git", "grep", "-lI", "--untracked", "-e", files.MARK, "--", ":!scripts"], cwd=header.ROOT,
                            check=False, capture_output=True, text=True).stdout.splitlines()
    found = []
    for path in listed:
        with open(header.ROOT / path, encoding="utf-8") as file:
            if files.MARK in "".join(file.readlines()[:3]):
                found.append(path)
    return found
