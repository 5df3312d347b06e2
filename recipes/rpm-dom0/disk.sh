# The disk: an MBR, GRUB in the gap behind it, one ext4 partition with the system, all in a qcow2 file of 20 GB.

readonly disk_size=$((20 * 1024 * 1024 * 1024)) disk_id=0x646f6d66 inodes=131072
readonly filesystem_label=system filesystem_id=646f6d65-7300-4000-8000-000000000000

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

# system_disk OUT
system_disk() {
  complete_tree
  filesystem disk.raw "$root" << END
sif /tmp mode 041777
sif /var/tmp mode 041777
sif /root mode 040700
sif /etc/shadow mode 0100600
END
  boot_record disk.raw grub-modules biosdisk part_msdos ext2 normal serial terminal echo linux multiboot2 gzio configfile test ls
  partition_table disk.raw
  python "$here/qcow2.py" disk.raw "$1"
}
