# The kernel image: the same kernel with its payload compressed by LZ4 in place of XZ.
#
# Xen's dom0 builder and libxc (for guests) unpack the payload themselves and know every format by its magic, so the
# decompressor in the bzImage is never run. Under emulation XZ costs 2.3 s in Xen and 5 s in `xl`, LZ4 0.2 s and 0.4 s.
# The repacked image cannot be booted by a boot loader on its own; the plain Linux entry uses Debian's file.

# u32 FILE OFFSET: a little-endian number of 4 bytes.
u32() { od -An -tu4 -j "$2" -N 4 "$1" | tr -d ' '; }

# le32 NUMBER: the same, written.
le32() {
  local escaped
  printf -v escaped '\\x%02x' "$(($1 & 255))" "$(($1 >> 8 & 255))" "$(($1 >> 16 & 255))" "$(($1 >> 24 & 255))"
  printf '%b' "$escaped"
}

# repack_kernel BZIMAGE OUT: offsets are those of the x86 boot protocol (Documentation/x86/boot.rst): setup_sects at
# 0x1f1, payload_offset (from the start of the protected mode part) at 0x248, payload_length at 0x24c.
repack_kernel() {
  local bzimage=$1 out=$2 setup_sectors payload length
  setup_sectors=$(od -An -tu1 -j $((0x1f1)) -N 1 "$bzimage")
  payload=$(((setup_sectors + 1) * 512 + $(u32 "$bzimage" $((0x248)))))
  length=$(u32 "$bzimage" $((0x24c)))

  # The payload ends with the unpacked size, in 4 bytes: part of an XZ kernel's payload, not of its stream.
  slice "$bzimage" "$payload" $((length - 4)) | xz -dc > vmlinux
  packaged usr/bin/lz4 -l -9 -q -c vmlinux > payload.lz4
  le32 "$(stat -c %s vmlinux)" >> payload.lz4

  slice "$bzimage" 0 "$payload" > "$out"
  cat payload.lz4 >> "$out"
  le32 "$(stat -c %s payload.lz4)" | dd of="$out" bs=1 seek=$((0x24c)) conv=notrunc status=none
}
