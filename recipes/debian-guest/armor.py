"""armor.py < SIGNATURE: an OpenPGP signature as text (RFC 4880, section 6): apt takes no other."""

import base64
import sys


def crc24(data: bytes) -> int:
    """RFC 4880, section 6.1."""
    crc = 0xB704CE
    for byte in data:
        crc ^= byte << 16
        for _ in range(8):
            crc <<= 1
            if crc & 0x1000000:
                crc ^= 0x1864CFB
    return crc & 0xFFFFFF


def main() -> None:
    data = sys.stdin.buffer.read()
    text = base64.b64encode(data).decode()
    check = base64.b64encode(crc24(data).to_bytes(3, "big")).decode()
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    print("-----BEGIN PGP SIGNATURE-----\n", *lines, f"={check}", "-----END PGP SIGNATURE-----", sep="\n")


main()
