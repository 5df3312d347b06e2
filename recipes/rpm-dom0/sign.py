"""sign.py KEY SIGNATURE < TEXT: a detached OpenPGP signature (RFC 4880, version 4, RSA, SHA-256) with the test key.

The only time in it is SOURCE_DATE_EPOCH, and RSA's PKCS #1 v1.5 padding has nothing random: same bytes every time.
"""

import hashlib
import json
import os
import sys

# RFC 8017, section 9.2: what precedes the digest says that it is one of SHA-256.
SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")


def subpacket(kind: int, body: bytes) -> bytes:
    return bytes([len(body) + 1, kind]) + body


def signature(key: dict, plaintext: bytes, time: int) -> bytes:
    modulus, exponent = int(key["modulus"], 16), int(key["exponent"], 16)
    issuer = bytes.fromhex(key["keyId"])
    hashed = subpacket(2, time.to_bytes(4, "big")) + subpacket(16, issuer)
    # Version 4, signature of a binary document, RSA, SHA-256.
    head = bytes([4, 0, 1, 8]) + len(hashed).to_bytes(2, "big") + hashed
    trailer = b"\x04\xff" + len(head).to_bytes(4, "big")
    digest = hashlib.sha256(plaintext + head + trailer).digest()

    size = (modulus.bit_length() + 7) // 8
    tail = SHA256_PREFIX + digest
    padded = b"\x00\x01" + b"\xff" * (size - 3 - len(tail)) + b"\x00" + tail
    number = pow(int.from_bytes(padded, "big"), exponent, modulus)
    mpi = number.bit_length().to_bytes(2, "big") + number.to_bytes((number.bit_length() + 7) // 8, "big")

    body = head + b"\x00\x00" + digest[:2] + mpi
    return b"\x89" + len(body).to_bytes(2, "big") + body


def main() -> None:
    key_file, signature_file = sys.argv[1:]
    with open(key_file, encoding="utf-8") as file:
        key = json.load(file)
    plaintext = sys.stdin.buffer.read()
    with open(signature_file, "wb") as file:
        file.write(signature(key, plaintext, int(os.environ["SOURCE_DATE_EPOCH"])))


main()
