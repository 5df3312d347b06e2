# What is booted: the initramfs of the system, the guest's kernel and initramfs, and GRUB's files. In boot-files/, root-files/.

# module NAME…: the files of kernel modules and of all that they need, in the order in which they are to be loaded.
module_files() {
  local name
  for name in "$@"; do
    loader --argv0 modprobe "$root/usr/bin/kmod" -d "$root" -S "$version" --show-depends --ignore-install "$name" |
      sed -n 's/^insmod \([^ ]*\).*/\1/p'
  done | awk '!seen[$0]++'
}

# system_initramfs OUT: loads the drivers of the disk, mounts it, and starts /sbin/init there. klibc's programs start in a
# fraction of busybox's time.
system_initramfs() {
  local path klibc=$root/usr/lib/klibc/bin
  mkdir -p initramfs/{bin,lib,dev,proc,sys,root,modules}
  install -m 755 "$klibc"/{sh,mount,insmod,run-init,cat} initramfs/bin/
  install -m 755 "$(one "$root"/lib/klibc-*.so)" initramfs/lib/
  install -m 755 "$here/initramfs-init" initramfs/init
  module_files virtio_pci virtio_blk ext4 crc32c_generic > loaded
  module_files xen-blkfront > loaded-in-guest
  while read -r path; do install -m 644 "$path" initramfs/modules/; done < <(cat loaded loaded-in-guest)
  sed 's|.*/|/modules/|' loaded > initramfs/modules/list
  sed 's|.*/|/modules/|' loaded-in-guest > initramfs/modules/list-in-guest
  archive initramfs initramfs.cpio
  packaged usr/bin/lz4 -l -9 -q -c initramfs.cpio > "$1"
}

# kernel_for_xen ELF OUT: Debian's bzImage with the ELF file as its payload, by Zstandard: as small as by XZ (GRUB's reading costs as
# well), and quick to unpack. Plain Linux keeps Debian's own file, whose decompressor knows nothing else than XZ.
kernel_for_xen() {
  python "$here/zstd.py" < "$1" > payload.zst
  le32 "$(stat -c %s "$1")" >> payload.zst
  slice "$kernel" 0 "$(payload_at "$kernel")" > "$2"
  cat payload.zst >> "$2"
  poke32 "$2" $((0x24c)) "$(stat -c %s payload.zst)"
}

boot_files() {
  loader --argv0 depmod "$root/usr/bin/kmod" -b "$root" "$version"
  mkdir -p boot-files root-files grub-modules
  cp "$root"/usr/lib/grub/i386-pc/{*.mod,*.lst,boot.img,diskboot.img,kernel.img,lzma_decompress.img} grub-modules/
  cp "$kernel" boot-files/
  cp "$root/boot/config-$version" boot-files/
  system_initramfs "boot-files/initramfs-$version.img"

  unpack_kernel "$kernel" root-files/vmlinux
  trim_kernel root-files/vmlinux
  kernel_for_xen root-files/vmlinux "boot-files/vmlinux-$version"
  guest_initramfs root-files/guest.img
  cp "$parts/guest.cfg" root-files/
}
