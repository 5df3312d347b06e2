# The kernel, made quick to load under emulation, where every byte that is unpacked, copied or cleared costs.
#
# Debian's kernel file is a bzImage: real mode code, a decompressor, and the kernel (an ELF file) compressed by XZ. Xen's
# dom0 builder and `xl` unpack the payload themselves and know each format by its magic, so the payload can be replaced:
# XZ takes 2.3 s in Xen, LZ4 0.2 s. The decompressor inside stays the XZ one, so the repacked file boots under Xen only;
# the plain Linux entry uses Debian's file.

# u32 FILE OFFSET: a little-endian number of 4 bytes.
u32() { od -An -tu4 -j "$2" -N 4 "$1" | tr -d ' '; }

# le32 NUMBER: the same, written.
le32() {
  local escaped
  printf -v escaped '\\x%02x' "$(($1 & 255))" "$(($1 >> 8 & 255))" "$(($1 >> 16 & 255))" "$(($1 >> 24 & 255))"
  printf '%b' "$escaped"
}

# poke32 FILE OFFSET NUMBER
poke32() { le32 "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }

# payload_at BZIMAGE: where the payload begins. Offsets are those of the x86 boot protocol (Documentation/x86/boot.rst):
# setup_sects at 0x1f1, payload_offset (from the start of the protected mode part) at 0x248, payload_length at 0x24c.
payload_at() { echo $((($(od -An -tu1 -j $((0x1f1)) -N 1 "$1") + 1) * 512 + $(u32 "$1" $((0x248))))); }

# unpack_kernel BZIMAGE ELF: the payload ends with the unpacked size in 4 bytes, which are not part of the XZ stream.
unpack_kernel() { slice "$1" "$(payload_at "$1")" $(($(u32 "$1" $((0x24c))) - 4)) | xz -dc > "$2"; }

# trim_kernel ELF: the last segment of the ELF file holds 21 MB of zeros (.bss, then a scratch area that makes the linker
# write .bss out). They are cut off, and whoever loads the file clears that memory, as for any other ELF file. The
# section table goes with them: nothing that loads a kernel reads it.
trim_kernel() {
  local elf=$1 table entry type offset filesize bss=0 last=0 at=0
  local program_headers section_headers
  program_headers=$(u32 "$elf" 32) section_headers=$(u32 "$elf" 40)
  while read -r type offset _ _ filesize _; do
    if (((type & 0xffffffff) == 1)); then last=$((program_headers + at)) table="$offset $filesize"; fi
    at=$((at + 56))
  done < <(slice "$elf" "$program_headers" $(($(u32 "$elf" 56) % 65536 * 56)) | od -An -v -tu8 -w56)
  while read -r entry _ _ offset _; do
    if ((entry >> 32 == 8)) && ((offset >= ${table% *})); then bss=$offset && break; fi # SHT_NOBITS
  done < <(slice "$elf" "$section_headers" $(($(u32 "$elf" 60) % 65536 * 64)) | od -An -v -tu8 -w64)

  local start=${table% *} size=${table#* }
  if ((bss == 0)) || ! slice "$elf" "$bss" $((start + size - bss)) | cmp -s -n $((start + size - bss)) - /dev/zero; then
    echo "${elf##*/}: the last segment does not end in zeros; the kernel is laid out differently" >&2
    return 1
  fi
  truncate -s "$bss" "$elf"
  poke32 "$elf" $((last + 32)) $((bss - start)) # p_filesz
  poke32 "$elf" 40 0                            # e_shoff
  poke32 "$elf" 60 0                            # e_shnum, e_shstrndx
}

# pack_kernel BZIMAGE ELF OUT: the bzImage with the ELF file as its payload, compressed by LZ4.
pack_kernel() {
  local bzimage=$1 elf=$2 out=$3
  packaged usr/bin/lz4 -l -9 -q -c "$elf" > payload.lz4
  le32 "$(stat -c %s "$elf")" >> payload.lz4
  slice "$bzimage" 0 "$(payload_at "$bzimage")" > "$out"
  cat payload.lz4 >> "$out"
  poke32 "$out" $((0x24c)) "$(stat -c %s payload.lz4)"
}
