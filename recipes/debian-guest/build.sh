#!/bin/bash
# Builds the image `debian-guest` from Debian packages: the disk of a paravirtualised guest with a small Debian on it (dpkg, apt,
# login, ssh), its own kernel and menu for GRUB; and an apt repository for it.
#
#   DEBS  folder with the .deb files named by recipe.json
#   OUT   folder to write disk.qcow2, repository.tar and initrd.img into
#   SOURCE_DATE_EPOCH  the only time that enters the outputs
#
# Runs in an empty scratch folder, as any user, without network, loop devices or name spaces. Same packages, same bytes:
# every program whose version could show in the output (mke2fs, lz4, cpio, …) is run from the packages too.
set -euo pipefail
: "${DEBS:?folder with the .deb files}" "${OUT:?folder for the outputs}" "${SOURCE_DATE_EPOCH:?seconds since 1970}"
export LC_ALL=C TZ=UTC
umask 022
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# What this recipe has in common with others is linked from there, file by file: so it is part of each one's digest.
parts=$here/parts
# The programs that build, and the guest's own file system.
root=$PWD/tools
system=$PWD/system

# shellcheck source=../slim-dom0/unpack.sh
. "$parts/unpack.sh"
# shellcheck source=../slim-dom0/kernel.sh
. "$parts/kernel.sh"
# shellcheck source=../slim-dom0/initramfs.sh
. "$parts/initramfs.sh"
# shellcheck source=../rpm-dom0/programs.sh
. "$parts/programs.sh"
# shellcheck source=../rpm-dom0/partition.sh
. "$parts/partition.sh"
# shellcheck source=tree.sh
. "$here/tree.sh"
# shellcheck source=boot.sh
. "$here/boot.sh"
# shellcheck source=disk.sh
. "$here/disk.sh"

echo "unpack the packages"
unpack_system

echo "make the apt repository"
repository "$OUT/repository.tar"

echo "enter the packages in dpkg's database"
python "$here/dpkg_database.py" "$system" controls lists

echo "configure the system"
configure_tree

echo "prepare what is booted"
boot_files

echo "write the disk"
guest_disk "$OUT/disk.qcow2"
cp "$system/boot/initrd.img" "$OUT/initrd.img"
