# What is booted: the guest's kernel, its initramfs, and the menu that a GRUB in the guest shows. In $system/boot.

# module_files NAME…: the files of kernel modules and of all that they need, in the order in which they are to be loaded.
module_files() {
  local name
  for name in "$@"; do
    loader --argv0 modprobe "$root/usr/bin/kmod" -d "$system" -S "$version" --show-depends --ignore-install "$name" |
      sed -n 's/^insmod \([^ ]*\).*/\1/p'
  done | awk '!seen[$0]++'
}

# guest_disk_initramfs OUT: loads the drivers of the disk, mounts it, and starts /sbin/init there.
guest_disk_initramfs() {
  local path klibc=$root/usr/lib/klibc/bin
  mkdir -p initramfs/{bin,lib,dev,proc,run,sys,root,modules}
  install -m 755 "$klibc"/{sh,mount,mkdir,ln,insmod,run-init,cat} initramfs/bin/
  install -m 755 "$(one "$root"/lib/klibc-*.so)" initramfs/lib/
  install -m 755 "$here/initramfs-init" initramfs/init
  module_files xen-netfront xen-blkfront crc32c_generic ext4 > loaded
  while read -r path; do install -m 644 "$path" initramfs/modules/; done < loaded
  sed 's|.*/|/modules/|' loaded > initramfs/modules/list
  archive initramfs initramfs.cpio
  packaged usr/bin/lz4 -l -9 -q -c initramfs.cpio > "$1"
}

# boot_files: the kernel as `xl` takes it quickest, packed for a GRUB that reads a Xen disk, 4 kB at a time, and Debian's own file
# for one that has a BIOS.
boot_files() {
  guest_disk_initramfs "$system/boot/initrd.img-$version"
  unpack_kernel "$kernel" vmlinux
  trim_kernel vmlinux
  cp vmlinux "$system/boot/vmlinux-$version"
  gzip -n -9 -c vmlinux > "$system/boot/vmlinux-$version.gz"
  sed "s/@VERSION@/$version/g" "$here/grub.cfg" > "$system/boot/grub/grub.cfg"
  ln -s "vmlinux-$version" "$system/boot/vmlinux"
  ln -s "initrd.img-$version" "$system/boot/initrd.img"
  chmod -R u=rwX,go=rX "$system/boot"
}
