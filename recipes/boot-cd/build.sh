#!/bin/bash
# Builds the image `boot-cd` from Debian packages: a CD that a PC boots by its BIOS (El Torito, no emulation). Its loader,
# ISOLINUX, speaks to the BIOS alone, as OpenBSD's does: on the display and the keyboard. What it boots is Debian's kernel with
# a shell on the kernel's console.
#
#   DEBS  folder with the .deb files named by recipe.json
#   OUT   folder to write cd.iso into
#   SOURCE_DATE_EPOCH  the only time that enters the outputs
#
# Runs in an empty scratch folder, as any user, without network. Same packages, same bytes.
set -euo pipefail
: "${DEBS:?folder with the .deb files}" "${OUT:?folder for the outputs}" "${SOURCE_DATE_EPOCH:?seconds since 1970}"
export LC_ALL=C TZ=UTC
umask 022
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$PWD/root

# shellcheck source=../slim-dom0/unpack.sh
. "$here/parts/unpack.sh"
# shellcheck source=../slim-dom0/initramfs.sh
. "$here/parts/initramfs.sh"

echo "unpack the packages"
unpack_all "$root"

echo "pack the initramfs"
mkdir -p initramfs/{bin,proc,sys,dev} cd/isolinux
install -m 755 "$root/bin/busybox" initramfs/bin/
for applet in sh mount setsid cttyhack cat poweroff; do ln -s busybox "initramfs/bin/$applet"; done
install -m 755 "$here/init" initramfs/init
archive initramfs initramfs.cpio
gzip -n -9 -c initramfs.cpio > cd/isolinux/initrd.gz

echo "write the CD"
install -m 644 "$root/usr/lib/ISOLINUX/isolinux.bin" "$root/usr/lib/syslinux/modules/bios/ldlinux.c32" \
  "$here/isolinux.cfg" cd/isolinux/
install -m 644 "$(one "$root"/boot/vmlinuz-*)" cd/isolinux/linux
find cd -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
packaged usr/bin/xorriso -as mkisofs -quiet -o "$OUT/cd.iso" -V BOOT_CD -b isolinux/isolinux.bin -c isolinux/boot.cat \
  -no-emul-boot -boot-load-size 4 -boot-info-table --set_all_file_dates "=$SOURCE_DATE_EPOCH" cd
