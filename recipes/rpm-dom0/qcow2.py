"""qcow2.py RAW QCOW2: a raw disk as a compressed qcow2 file; what is zero takes no room.

`qemu-img convert -c` does the same, but its output depends on QEMU's version and on the order in which its threads end.
Format: https://gitlab.com/qemu-project/qemu/-/blob/master/docs/interop/qcow2.txt (version 2: all that is needed here).
"""

import os
import struct
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor

CLUSTER_BITS = 16
CLUSTER = 1 << CLUSTER_BITS
ENTRIES = CLUSTER // 8
COPIED = 1 << 63
COMPRESSED = 1 << 62
# Of a compressed cluster's entry: so many bits are the offset, the rest the sectors behind the first.
OFFSET_BITS = 62 - (CLUSTER_BITS - 8)
ZEROS = bytes(CLUSTER)


def data_clusters(raw: int, size: int):
    """Indices of the clusters that may hold something: those that the host's file system has stored."""
    at, last = 0, -1
    while at < size:
        try:
            start = os.lseek(raw, at, os.SEEK_DATA)
        except OSError:
            return
        at = os.lseek(raw, start, os.SEEK_HOLE)
        for index in range(max(start // CLUSTER, last + 1), (at + CLUSTER - 1) // CLUSTER):
            yield index
            last = index


def deflate(raw: int, index: int) -> tuple[int, bytes, bool]:
    """A cluster's bytes as they are to be stored, and whether they are compressed. Empty when it is all zeros."""
    cluster = os.pread(raw, CLUSTER, index * CLUSTER).ljust(CLUSTER, b"\0")
    if cluster == ZEROS:
        return index, b"", False
    stream = zlib.compressobj(6, zlib.DEFLATED, -12)
    packed = stream.compress(cluster) + stream.flush()
    return (index, packed, True) if len(packed) < CLUSTER * 15 // 16 else (index, cluster, False)


class Image:
    """The file being written: clusters in the order in which they come, then the tables that find them."""

    def __init__(self, file, size: int) -> None:
        self.file = file
        self.size = size
        self.end = CLUSTER  # the first is the header's
        self.l2: dict[int, list[int]] = {}
        # Clusters of this file, by how many things are in each: several compressed clusters may share one.
        self.uses = [1]

    def add(self, index: int, data: bytes, compressed: bool) -> None:
        if compressed:
            at = self.write(data)
            sectors = (self.end - 1) // 512 - at // 512
            entry = at | sectors << OFFSET_BITS | COMPRESSED
        else:
            entry = self.write_aligned(data) | COPIED
        self.l2.setdefault(index // ENTRIES, [0] * ENTRIES)[index % ENTRIES] = entry

    def write(self, data: bytes) -> int:
        """Appends, and says where."""
        at, self.end = self.end, self.end + len(data)
        self.file.seek(at)
        self.file.write(data)
        last = (self.end - 1) // CLUSTER
        self.uses += [0] * (last + 1 - len(self.uses))
        for cluster in range(at // CLUSTER, last + 1):
            self.uses[cluster] += 1
        return at

    def write_aligned(self, data: bytes) -> int:
        self.end = -(-self.end // CLUSTER) * CLUSTER
        at = self.write(data)
        self.end = -(-self.end // CLUSTER) * CLUSTER
        return at

    def write_table(self, numbers: list[int], form: str) -> int:
        return self.write_aligned(struct.pack(f">{len(numbers)}{form}", *numbers))

    def finish(self) -> None:
        l1 = [0] * -(-self.size // (CLUSTER * ENTRIES))
        for index in sorted(self.l2):
            l1[index] = self.write_table(self.l2[index], "Q") | COPIED
        l1_at = self.write_table(l1, "Q")

        # The counts of uses are in clusters too, which count: as many blocks as are needed, and the table of them.
        per_block, blocks = CLUSTER // 2, 1
        while len(self.uses) + blocks + 1 > blocks * per_block:
            blocks += 1
        counts = [*self.uses, *[1] * (blocks + 1)]
        places = [self.write_table(counts[i * per_block : (i + 1) * per_block], "H") for i in range(blocks)]
        table_at = self.write_table(places, "Q")

        version, no_backing, no_encryption, no_snapshots = 2, (0, 0), 0, (0, 0)
        header = struct.pack(
            ">4sIQIIQIIQQIIQ",
            *(b"QFI\xfb", version, *no_backing, CLUSTER_BITS, self.size, no_encryption, len(l1), l1_at),
            *(table_at, 1, *no_snapshots),
        )
        self.file.seek(0)
        self.file.write(header)
        self.file.truncate(self.end)


def main() -> None:
    raw = os.open(sys.argv[1], os.O_RDONLY)
    size = os.fstat(raw).st_size
    with open(sys.argv[2], "wb") as file, ThreadPoolExecutor(2) as lanes:
        image = Image(file, size)
        for index, data, compressed in lanes.map(lambda index: deflate(raw, index), data_clusters(raw, size)):
            if data:
                image.add(index, data, compressed)
        image.finish()


main()
