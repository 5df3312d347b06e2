"""apt_repository.py FOLDER CONTROL: the indices of an apt repository without sections (sources.list(5): `deb URL ./`) of one package.

Format: https://wiki.debian.org/DebianRepository/Format
"""

import hashlib
import os
import sys
from datetime import datetime, timezone
from glob import glob


def main() -> None:
    folder, control_file = sys.argv[1:]
    (deb,) = glob(f"{folder}/*.deb")
    with open(deb, "rb") as file:
        package = file.read()
    with open(control_file, encoding="utf-8") as file:
        control = file.read().rstrip("\n")
    digest = hashlib.sha256(package).hexdigest()
    index = f"{control}\nFilename: ./{os.path.basename(deb)}\nSize: {len(package)}\nSHA256: {digest}\n\n".encode()
    with open(f"{folder}/Packages", "wb") as file:
        file.write(index)

    date = datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), timezone.utc)
    with open(f"{folder}/Release", "w", encoding="utf-8") as file:
        file.write("Origin: domes\nLabel: domes\nSuite: stable\nArchitectures: amd64\n")
        file.write(f"Date: {date:%a, %d %b %Y %H:%M:%S} UTC\n")
        file.write(f"SHA256:\n {hashlib.sha256(index).hexdigest()} {len(index)} Packages\n")


main()
