"""zstd.py: standard input as one frame of Zstandard on standard output, by the library that is there for rpm."""

import ctypes
import sys

LEVEL = 19

zstd = ctypes.CDLL("libzstd.so.1")
for function in (zstd.ZSTD_compressBound, zstd.ZSTD_compress):
    function.restype = ctypes.c_size_t
zstd.ZSTD_compressBound.argtypes = [ctypes.c_size_t]
zstd.ZSTD_compress.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int]

data = sys.stdin.buffer.read()
room = ctypes.create_string_buffer(zstd.ZSTD_compressBound(len(data)))
size = zstd.ZSTD_compress(room, len(room), data, len(data), LEVEL)
if zstd.ZSTD_isError(ctypes.c_size_t(size)):
    sys.exit("libzstd could not compress the kernel")
sys.stdout.buffer.write(room.raw[:size])
