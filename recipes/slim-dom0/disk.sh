# The boot disk: an MBR, GRUB in the gap behind it, and one partition that holds a tar archive, which GRUB reads like
# any file system. A tar has no times, ids or free space of its own making, and its files are contiguous.

readonly sector=512 partition_start=2048

# options NAME: a command line from its file, without the comments.
options() { grep -v -e '^#' -e '^$' "$files/$1.options" | paste -sd ' '; }

# boot_disk OUT
boot_disk() {
  local out=$1 grub=$root/usr/lib/grub/i386-pc size
  mkdir -p boot/boot/grub
  sed -e "s|@XEN@|$(options xen)|" -e "s|@DOM0@|$(options dom0)|" "$files/grub.cfg" > boot/boot/grub/grub.cfg
  cp xen vmlinuz initrd.img boot/boot/
  cp "$kernel" boot/boot/vmlinuz-plain
  find boot -exec touch -d "@$SOURCE_DATE_EPOCH" {} +
  chmod -R u=rwX,go=rX boot
  tar -C boot --format=ustar --sort=name --owner=0 --group=0 --numeric-owner -cf partition boot

  packaged usr/bin/grub-mkimage --format=i386-pc --directory="$grub" --prefix='(hd0,msdos1)/boot/grub' --output=core.img \
    biosdisk part_msdos tar normal serial terminal echo linux multiboot2 test sleep reboot halt ls cat

  # boot.img looks for core.img at sector 1, where it is.
  head -c 440 "$grub/boot.img" > "$out"
  truncate -s $((partition_start * sector)) "$out"
  dd if=core.img of="$out" bs="$sector" seek=1 conv=notrunc status=none
  cat partition >> "$out"
  size=$(stat -c %s partition)
  { # the disk's id, then the first partition: active, no CHS address, type Linux
    le32 $((0x646f6d65))
    printf '\0\0\x80\xfe\xff\xff\x83\xfe\xff\xff'
    le32 "$partition_start"
    le32 $((size / sector))
  } | dd of="$out" bs=1 seek=440 conv=notrunc status=none
  printf '\x55\xaa' | dd of="$out" bs=1 seek=510 conv=notrunc status=none
}
