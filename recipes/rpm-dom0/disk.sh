# The disk: an MBR, GRUB in the gap behind it, one ext4 partition with the system, all in a qcow2 file of 20 GB.

readonly sector=512 partition_start=2048 disk_size=$((20 * 1024 * 1024 * 1024))
readonly filesystem_id=646f6d65-7300-4000-8000-000000000000

# complete_tree: what no package has.
complete_tree() {
  mkdir -p "$root/boot/grub"
  cp -a boot-files/. "$root/boot/"
  mv "$root/boot/grub.cfg" "$root/boot/grub/"
  cp -a grub-modules "$root/boot/grub/i386-pc"
  echo '(hd0) /dev/vda' > "$root/boot/grub/device.map"
  ln -sfn grub "$root/boot/grub2"
  cp -a root-files/. "$root/root/"
  chmod -R u=rwX,go=rX "$root"/{boot,root}
}

# fill_commands: what debugfs is told to put the tree into the file system, in sorted order: `mke2fs -d` takes the order
# in which the host's file system lists a folder. Everything belongs to root that way.
fill_commands() {
  (cd "$root" && find . -mindepth 1 -printf '%h\t%f\t%y\t%l\n' | sort) | awk -F '\t' -v root="$root" '
    { dir = substr($1, 2) }
    $3 == "d" { print "mkdir \"" dir "/" $2 "\"" > "mkdirs"; next }
    dir != at { print "cd \"" (dir == "" ? "/" : dir) "\""; at = dir }
    $3 == "f" { print "write \"" root dir "/" $2 "\" \"" $2 "\"" }
    $3 == "l" { print "symlink \"" $2 "\" \"" $4 "\"" }'
}

# filesystem DISK: an ext4 file system behind the gap, with the tree in it.
filesystem() {
  local blocks=$(((disk_size - partition_start * sector) / 4096)) at=$((partition_start * sector))
  truncate -s "$disk_size" "$1"
  # No checksums of metadata: crc32c would be computed by an emulated CPU.
  MKE2FS_CONFIG=$root/etc/mke2fs.conf at_epoch sbin/mke2fs -q -F -t ext4 -b 4096 -I 256 -N 131072 -m 1 -L system -J size=16 \
    -O '^metadata_csum,^64bit,^orphan_file,^metadata_csum_seed' -U "$filesystem_id" \
    -E "offset=$at,hash_seed=$filesystem_id,lazy_itable_init=0,lazy_journal_init=0,nodiscard,root_owner=0:0" "$1" "$blocks"
  fill_commands > writes
  {
    cat mkdirs writes
    printf 'sif %s mode 041777\n' /tmp /var/tmp
    echo 'sif /root mode 040700'
    echo 'sif /etc/shadow mode 0100600'
    echo 'cd /dev'
    echo 'mknod console c 5 1'
    echo 'mknod null c 1 3'
  } > commands
  at_epoch sbin/debugfs -w -f commands "$1?offset=$at" > debugfs.log 2>&1
  if grep -v -e '^debugfs' -e '^Allocated inode:' debugfs.log | grep -q .; then
    grep -v -e '^debugfs:' -e '^Allocated inode:' debugfs.log | head -5 >&2
    return 1
  fi
}

# boot_record DISK
boot_record() {
  local blocks=$((disk_size / sector - partition_start))
  packaged usr/bin/grub-mkimage --format=i386-pc --directory=grub-modules --prefix='(hd0,msdos1)/boot/grub' --output=core.img \
    biosdisk part_msdos ext2 normal serial terminal echo linux multiboot2 gzio configfile test ls
  # boot.img looks for core.img at sector 1, where it is.
  dd if=grub-modules/boot.img of="$1" bs=1 count=440 conv=notrunc status=none
  dd if=core.img of="$1" bs="$sector" seek=1 conv=notrunc status=none
  { # the disk's id, then the first partition: active, no CHS address, type Linux
    le32 $((0x646f6d66))
    printf '\0\0\x80\xfe\xff\xff\x83\xfe\xff\xff'
    le32 "$partition_start"
    le32 "$blocks"
  } | dd of="$1" bs=1 seek=440 conv=notrunc status=none
  printf '\x55\xaa' | dd of="$1" bs=1 seek=510 conv=notrunc status=none
}

# system_disk OUT
system_disk() {
  complete_tree
  filesystem disk.raw
  boot_record disk.raw
  python "$here/qcow2.py" disk.raw "$1"
}
