#!/bin/bash
# Builds the image `slim-dom0` from Debian packages: a Xen dom0 that lives in an initramfs, a PV guest inside it,
# and a disk whose GRUB menu (on the first serial port) starts it.
#
#   DEBS  folder with the .deb files named by recipe.json
#   OUT   folder to write disk.raw, xen, vmlinuz and initrd.img into
#   SOURCE_DATE_EPOCH  the only time that enters the outputs
#
# Runs in an empty scratch folder, as any user, without network. Same packages, same bytes: every program whose version
# could show in the output (lz4, cpio, grub-mkimage) is run from the packages too, never from the host.
set -euo pipefail
: "${DEBS:?folder with the .deb files}" "${OUT:?folder for the outputs}" "${SOURCE_DATE_EPOCH:?seconds since 1970}"
export LC_ALL=C TZ=UTC
umask 022
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
files=$here/files
root=$PWD/root

# shellcheck source=unpack.sh
. "$here/unpack.sh"
# shellcheck source=kernel.sh
. "$here/kernel.sh"
# shellcheck source=initramfs.sh
. "$here/initramfs.sh"
# shellcheck source=disk.sh
. "$here/disk.sh"

echo "unpack the packages"
unpack_all "$root"
kernel=$(one "$root"/boot/vmlinuz-*)
modules=$(one "$root"/lib/modules/*)

echo "repack the kernel payload as LZ4"
gzip -dc "$(one "$root"/boot/xen-*-amd64.gz)" > xen
unpack_kernel "$kernel" vmlinux
trim_kernel vmlinux
pack_kernel "$kernel" vmlinux vmlinuz

echo "pack the guest's initramfs"
guest_initramfs guest.img

echo "pack dom0's initramfs"
dom0_initramfs initrd.img

echo "lay out the boot disk"
boot_disk disk.raw

for output in disk.raw xen vmlinuz initrd.img; do mv "$output" "$OUT/$output"; done
