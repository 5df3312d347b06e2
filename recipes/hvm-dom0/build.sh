#!/bin/bash
# Builds the image `hvm-dom0` from Debian packages: slim-dom0 with a device model (Debian's qemu-system-xen, SeaBIOS), so that
# HVM guests run in it. For direct boot.
#
#   DEBS  folder with the .deb files named by recipe.json
#   OUT   folder to write xen, vmlinuz and initrd.img into
#   SOURCE_DATE_EPOCH  the only time that enters the outputs
#
# Runs in an empty scratch folder, as any user, without network. Same packages, same bytes, as slim-dom0.
set -euo pipefail
: "${DEBS:?folder with the .deb files}" "${OUT:?folder for the outputs}" "${SOURCE_DATE_EPOCH:?seconds since 1970}"
export LC_ALL=C TZ=UTC
umask 022
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# What this recipe has in common with slim-dom0 is linked from there: so it is part of each one's digest.
parts=$here/parts
files=$parts/files
root=$PWD/root

# shellcheck source=../slim-dom0/unpack.sh
. "$parts/unpack.sh"
# shellcheck source=../slim-dom0/kernel.sh
. "$parts/kernel.sh"
# shellcheck source=../slim-dom0/initramfs.sh
. "$parts/initramfs.sh"

# device_model DIR: what `xl` needs for an HVM guest, and a kernel that such a guest can unpack by itself.
device_model() {
  local qemu=usr/libexec/xen-qemu-system-i386 path
  # It keeps a file there while it starts.
  mkdir -p "$1"/{root,var/tmp,lib/x86_64-linux-gnu}
  for path in $(libraries "$qemu"); do install -m 755 "$path" "$1/lib/x86_64-linux-gnu/"; done
  install -D -m 755 "$root/$qemu" "$1/$qemu"
  for path in usr/lib/xen-4.17/boot/hvmloader usr/share/seabios/{bios-256k,vgabios-stdvga}.bin usr/share/qemu/{linuxboot,kvmvapic}.bin \
    usr/share/qemu/keymaps/en-us; do
    install -D -m 644 "$root/$path" "$1/$path"
  done
  install -m 644 "$kernel" "$1/root/vmlinuz"
}

# network DIR: a bridge, and dom0's end of a guest's network card.
network() {
  local path
  mkdir -p "$1/lib/modules"
  for path in net/{802/stp,llc/llc,bridge/bridge} drivers/net/xen-netback/xen-netback; do
    install -m 644 "$modules/kernel/$path.ko" "$1/lib/modules/"
  done
  install -D -m 755 "$here/vif-bridge" "$1/etc/xen/scripts/vif-bridge"
}

echo "unpack the packages"
unpack_all "$root"
unpack "$(one "$DEBS"/linux-image-[0-9]*.deb)" "$root" './lib/modules/*/kernel/net/802/stp.ko' './lib/modules/*/kernel/net/llc/llc.ko' \
  './lib/modules/*/kernel/net/bridge/bridge.ko' './lib/modules/*/kernel/drivers/net/xen-netback/*'
kernel=$(one "$root"/boot/vmlinuz-*)
modules=$(one "$root"/lib/modules/*)

echo "repack the kernel payload as LZ4"
gzip -dc "$(one "$root"/boot/xen-*-amd64.gz)" > xen
unpack_kernel "$kernel" vmlinux
trim_kernel vmlinux
pack_kernel "$kernel" vmlinux vmlinuz

echo "pack the guest's initramfs, and dom0's with the device model"
guest_initramfs guest.img
device_model dom0
network dom0
dom0_initramfs initrd.img

for output in xen vmlinuz initrd.img; do mv "$output" "$OUT/$output"; done
