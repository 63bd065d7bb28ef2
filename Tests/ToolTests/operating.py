"""What docs/operating tells a machine: each block of systemd settings is read by systemd itself, which names every
setting that it does not know or that has no value of its kind.

    operating.py FOLDER-OF-PAGES
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

passed = failed = 0


def check(name, actual, expected):
    global passed, failed
    if actual == expected:
        passed += 1
    else:
        failed += 1
        print(f"FAIL  {name}: {actual!r}, expected {expected!r}")


def verdict(folder, text):
    """What systemd says of a unit with these settings; empty: nothing is wrong."""
    if not re.search(r"^ExecStart=", text, re.M):
        text += "\nExecStart=/bin/true\n"
    text = re.sub(r"^ExecStart=.*$", "ExecStart=/bin/true", text, flags=re.M)
    unit = pathlib.Path(folder) / "dispatch.service"
    unit.write_text(text)
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, check=False,
                          timeout=60)
    lines = [line for line in (done.stdout + done.stderr).splitlines() if "dispatch.service" in line]
    return "\n".join(lines)


def main():
    pages = sorted(pathlib.Path(sys.argv[1]).glob("*.md"))
    blocks = [(page.name, block) for page in pages
              for block in re.findall(r"^```ini\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)
              if "[Service]" in block]
    check("pages with settings of systemd", len(blocks) >= 2, True)
    journal = "".join(block for page, block in blocks if page == "journal.md")
    for setting in ("RuntimeDirectory=", "RuntimeDirectoryPreserve=yes", "RemoveIPC=no", "StateDirectory="):
        check(f"journal.md has {setting}", setting in journal, True)
    if shutil.which("systemd-analyze") is None:
        print("skipped: systemd's own look at the settings: no systemd-analyze here (package systemd)")
        return
    with tempfile.TemporaryDirectory() as folder:
        # It does find something: without that its silence would say nothing.
        check("a setting that is none is found", "RuntimeDirectoryPreserved" in verdict(
            folder, "[Service]\nRuntimeDirectoryPreserved=yes\n"), True)
        check("a value that is none is found", "perhaps" in verdict(folder, "[Service]\nRemoveIPC=perhaps\n"), True)
        for page, block in blocks:
            check(f"{page}: what systemd says", verdict(folder, block), "")


main()
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
