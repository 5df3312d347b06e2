"""dpkg_database.py SYSTEM CONTROLS LISTS: dpkg's database (dpkg(1), /var/lib/dpkg) of packages that it did not unpack itself.

CONTROLS has a folder for each package with the members of its control.tar, LISTS what `tar -tv` prints of its files.
"""

import hashlib
import os
import re
import shutil
import sys

# `-rw-r--r-- 0/0    1234 2023-06-10 00:00 ./path`; a link has ` -> target` behind it, a hard link ` link to target`.
LISTED = re.compile(r"^\S+ +\S+ +\d+ +\S+ +\S+ +\./(.*?)/?(?: -> .*| link to .*)?$")


def fields_of(control: str) -> dict[str, str]:
    return dict(re.findall(r"^([A-Za-z-]+): *(.*)$", control, re.MULTILINE))


def conffiles_of(folder: str, system: str) -> str:
    """The field in which dpkg remembers what a configuration file was when it was installed."""
    lines = []
    try:
        with open(f"{folder}/conffiles", encoding="utf-8") as file:
            paths = file.read().split()
    except FileNotFoundError:
        return ""
    for path in paths:
        if os.path.isfile(system + path):
            with open(system + path, "rb") as file:
                lines.append(f" {path} {hashlib.md5(file.read()).hexdigest()}\n")
    return "Conffiles:\n" + "".join(lines) if lines else ""


def status_of(control: str, conffiles: str) -> str:
    first, rest = control.rstrip("\n").split("\n", 1)
    return f"{first}\nStatus: install ok installed\n{rest}\n{conffiles}\n"


def paths_of(listing: str) -> list[str]:
    with open(listing, encoding="utf-8") as file:
        matches = [LISTED.match(line.rstrip("\n")) for line in file]
    return ["/." if match[1] == "" else f"/{match[1]}" for match in matches if match]


def note_triggers(folder: str, package: str, database: str) -> None:
    """Who wants to be told: of changes below a path in the file `File`, else in a file with the trigger's name."""
    try:
        with open(f"{folder}/triggers", encoding="utf-8") as file:
            lines = [line.split() for line in file if line.startswith("interest")]
    except FileNotFoundError:
        return
    for directive, trigger in lines:
        who = package + ("/noawait" if directive.endswith("-noawait") else "")
        is_path = trigger.startswith("/")
        with open(f"{database}/triggers/{'File' if is_path else trigger}", "a", encoding="utf-8") as file:
            file.write(f"{trigger} {who}\n" if is_path else f"{who}\n")


def main() -> None:
    system, controls, lists = sys.argv[1:]
    database = f"{system}/var/lib/dpkg"
    for folder in ("alternatives", "info", "parts", "triggers", "updates"):
        os.makedirs(f"{database}/{folder}", exist_ok=True)
    for name in ("available", "diversions", "statoverride"):
        open(f"{database}/{name}", "w", encoding="utf-8").close()
    with open(f"{database}/info/format", "w", encoding="utf-8") as file:
        file.write("1\n")
    with open(f"{database}/status", "w", encoding="utf-8") as status:
        for package in sorted(os.listdir(controls)):
            folder = f"{controls}/{package}"
            with open(f"{folder}/control", encoding="utf-8") as file:
                control = file.read()
            status.write(status_of(control, conffiles_of(folder, system)))
            fields = fields_of(control)
            name = f"{package}:{fields['Architecture']}" if fields.get("Multi-Arch") == "same" else package
            for member in sorted(os.listdir(folder)):
                if member not in ("control", "md5sums"):
                    shutil.copyfile(f"{folder}/{member}", f"{database}/info/{name}.{member}")
                    # Scripts are run, data is read; copies have neither's permissions.
                    is_script = os.access(f"{folder}/{member}", os.X_OK)
                    os.chmod(f"{database}/info/{name}.{member}", 0o755 if is_script else 0o644)
            with open(f"{database}/info/{name}.list", "w", encoding="utf-8") as file:
                file.writelines(f"{path}\n" for path in paths_of(f"{lists}/{package}"))
            note_triggers(folder, package, database)


main()
