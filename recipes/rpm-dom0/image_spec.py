"""image_spec.py ROOT DEBS LISTS OURS: the spec file of the image's packages: one for each Debian package, with its files.

LISTS has a file for each package with the paths that were unpacked from it. Paths that are no longer in ROOT were
trimmed away, those that are in OURS were replaced; folders belong to nobody.
"""

import os
import re
import sys
from glob import glob

# rpm asks for these by name.
PROVIDED = {"bash": ["/bin/sh", "/bin/bash", "/usr/bin/sh"]}


def version_of(debs: str, package: str) -> dict[str, str]:
    """Epoch, version and release from the name of the package's file: NAME_[EPOCH%3a]VERSION[-REVISION]_ARCH.deb."""
    (path,) = glob(f"{debs}/{package}_*.deb")
    full = os.path.basename(path).split("_")[1].replace("%3a", ":")
    epoch, _, rest = full.rpartition(":")
    version, _, release = rest.rpartition("-") if "-" in rest else (rest, "", "1")
    return {"Epoch": epoch or "0", "Version": version.replace("-", "."), "Release": release}


def files_of(root: str, ours: str, listed: list[str]) -> list[str]:
    paths = set()
    for line in listed:
        path = line.removeprefix(".").rstrip("\n")
        path = re.sub(r"^/(bin|sbin|lib|lib64)/", r"/usr/\1/", path)
        is_there = os.path.islink(root + path) or os.path.isfile(root + path)
        if is_there and not os.path.lexists(ours + path):
            paths.add(path)
    # rpm takes them for patterns.
    return [path.replace("[", "[[]") for path in sorted(paths)]


def main() -> None:
    root, debs, lists, ours = sys.argv[1:]
    print("Name: system\nVersion: 1\nRelease: 1\nSummary: The packages of the image\nLicense: various\n%description\n.\n")
    for package in sorted(os.listdir(lists)):
        name = re.sub(r"^linux-image-.*", "kernel", package)
        print(f"%package -n {name}")
        for field, value in version_of(debs, package).items():
            if (field, value) != ("Epoch", "0"):
                print(f"{field}: {value}")
        print(f"Summary: {name}, from Debian\nAutoReqProv: no")
        for provided in PROVIDED.get(name, []):
            print(f"Provides: {provided}")
        print(f"%description -n {name}\nDebian's package {package}.\n%files -n {name}\n%defattr(-,root,root,-)")
        with open(f"{lists}/{package}", encoding="utf-8") as listed:
            print("\n".join(files_of(root, ours, listed.readlines())), end="\n\n")


main()
