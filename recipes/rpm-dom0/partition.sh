# A disk of one partition: its table, and an ext4 file system that is filled without being mounted. Whoever sources this sets
# disk_size (bytes), disk_id (32 bits), filesystem_id (a UUID), filesystem_label and inodes.

readonly sector=512 partition_start=2048

# partition_table DISK
partition_table() {
  { # the disk's id, then the first partition: active, no CHS address, type Linux
    le32 "$disk_id"
    printf '\0\0\x80\xfe\xff\xff\x83\xfe\xff\xff'
    le32 "$partition_start"
    le32 $((disk_size / sector - partition_start))
  } | dd of="$1" bs=1 seek=440 conv=notrunc status=none
  printf '\x55\xaa' | dd of="$1" bs=1 seek=510 conv=notrunc status=none
}

# boot_record DISK FOLDER MODULE…: GRUB in the gap before the partition, with these modules of the folder. Its menu is in the
# partition.
boot_record() {
  packaged usr/bin/grub-mkimage --format=i386-pc --directory="$2" --prefix='(hd0,msdos1)/boot/grub' --output=core.img "${@:3}"
  # boot.img looks for core.img at sector 1, where it is.
  dd if="$2/boot.img" of="$1" bs=1 count=440 conv=notrunc status=none
  dd if=core.img of="$1" bs="$sector" seek=1 conv=notrunc status=none
}

# fill_commands TREE: what debugfs is told to put the tree into the file system, in sorted order: `mke2fs -d` takes the order
# in which the host's file system lists a folder. Everything belongs to root that way.
fill_commands() {
  (cd "$1" && find . -mindepth 1 -printf '%h\t%f\t%y\t%l\n' | sort) | awk -F '\t' -v root="$1" '
    { dir = substr($1, 2) }
    $3 == "d" { print "mkdir \"" dir "/" $2 "\"" > "mkdirs"; next }
    dir != at { print "cd \"" (dir == "" ? "/" : dir) "\""; at = dir }
    $3 == "f" { print "write \"" root dir "/" $2 "\" \"" $2 "\"" }
    $3 == "l" { print "symlink \"" $2 "\" \"" $4 "\"" }'
}

# filesystem DISK TREE: an ext4 file system in the partition, with the tree in it. What else debugfs is to do there comes from
# standard input.
filesystem() {
  local blocks=$(((disk_size - partition_start * sector) / 4096)) at=$((partition_start * sector))
  truncate -s "$disk_size" "$1"
  # No checksums of metadata: crc32c would be computed by an emulated CPU.
  MKE2FS_CONFIG=$root/etc/mke2fs.conf at_epoch sbin/mke2fs -q -F -t ext4 -b 4096 -I 256 -N "$inodes" -m 1 -L "$filesystem_label" -J size=16 \
    -O '^metadata_csum,^64bit,^orphan_file,^metadata_csum_seed' -U "$filesystem_id" \
    -E "offset=$at,hash_seed=$filesystem_id,lazy_itable_init=0,lazy_journal_init=0,nodiscard,root_owner=0:0" "$1" "$blocks"
  fill_commands "$2" > writes
  {
    cat mkdirs writes -
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
