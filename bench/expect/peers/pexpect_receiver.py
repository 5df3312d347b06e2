"""pexpect at the end of a socket: the twenty patterns at once, again after each match.

pexpect_receiver.py SOCKET PATTERNS (JSON: [source, flags] each)
"""

import json
import re
import resource
import socket
import sys

import pexpect
from pexpect import fdpexpect

FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE}


def compiled(source, flags):
    source = source.replace("(?<link>", "(?P<link>").replace(r"\k<link>", "(?P=link)")
    total = 0
    for flag in flags:
        total |= FLAGS[flag]
    return re.compile(source, total)


patterns = [compiled(*each) for each in json.loads(sys.argv[2])]
connection = socket.socket(socket.AF_UNIX)
connection.connect(sys.argv[1])
child = fdpexpect.fdspawn(connection.fileno(), encoding="utf-8", codec_errors="replace", timeout=600)
seen = 0
while child.expect(patterns + [pexpect.EOF]) < len(patterns):
    seen += 1
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"cpuMs": (used.ru_utime + used.ru_stime) * 1000, "matches": seen}))
