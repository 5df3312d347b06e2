#!/bin/bash
# Builds the image `rpm-dom0` from Debian packages: a disk with a GRUB menu, Linux, rpm and dnf, as a Fedora that is to
# become a dom0 has them, and the RPM repository from which it becomes one.
#
#   DEBS  folder with the .deb files named by recipe.json
#   OUT   folder to write disk.qcow2 and repository.tar into
#   SOURCE_DATE_EPOCH  the only time that enters the outputs
#
# Runs in an empty scratch folder, as any user, without network, loop devices or name spaces. Same packages, same bytes:
# every program whose version could show in the output (rpmbuild, mke2fs, python, …) is run from the packages too.
set -euo pipefail
: "${DEBS:?folder with the .deb files}" "${OUT:?folder for the outputs}" "${SOURCE_DATE_EPOCH:?seconds since 1970}"
export LC_ALL=C TZ=UTC
umask 022
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# What this recipe has in common with slim-dom0 is linked from there, file by file: so it is part of both digests.
parts=$here/parts
files=$parts
root=$PWD/root

# shellcheck source=../slim-dom0/unpack.sh
. "$parts/unpack.sh"
# shellcheck source=../slim-dom0/kernel.sh
. "$parts/kernel.sh"
# shellcheck source=../slim-dom0/initramfs.sh
. "$parts/initramfs.sh"
# shellcheck source=programs.sh
. "$here/programs.sh"
# shellcheck source=tree.sh
. "$here/tree.sh"
# shellcheck source=boot.sh
. "$here/boot.sh"
# shellcheck source=rpms.sh
. "$here/rpms.sh"
# shellcheck source=partition.sh
. "$here/partition.sh"
# shellcheck source=disk.sh
. "$here/disk.sh"

echo "unpack the packages"
unpack_system

echo "make the RPM repository"
split_xen
repository "$OUT/repository.tar"

echo "prepare what is booted"
boot_files

echo "lay out the file system"
remove_build_only
configure_tree
compile_python

echo "enter the packages in the RPM database"
rpm_database

echo "write the disk"
system_disk "$OUT/disk.qcow2"
