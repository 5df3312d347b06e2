# The root file system of the image, in $root: the packages without what nobody reads there, and the files of system/.

# Packages that only this build takes something out of: the installed system does not have them.
readonly build_only='libfaketime|grub-pc-bin|grub-xen-host|klibc-utils|libklibc|libxen.*|xen-.*|xenstore-utils'

# package_name DEB
package_name() {
  local file=${1##*/}
  echo "${file%%_*}"
}

# unpack_one DEB: a package without what `excluded` names, or of the kernel what `kernel.members` names. Leaves the
# list of its files in lists/NAME.
unpack_one() {
  local name members=()
  name=$(package_name "$1")
  if [[ $name == linux-image-[0-9]* ]]; then
    mapfile -t members < <(sed -e '/^#/d' -e '/^$/d' "$here/kernel.members")
  fi
  unpack "$1" "$root" --keep-directory-symlink -X "$here/excluded" -v "${members[@]}" > "lists/$name"
}

# unpack_system: all packages, the kernel beside the others: nearly all of the time goes to xz.
unpack_system() {
  local folder deb linux=''
  mkdir -p lists "$root"/usr/{bin,sbin,lib,lib64}
  for folder in bin sbin lib lib64; do ln -s "usr/$folder" "$root/$folder"; done
  unpack_one "$(one "$DEBS"/linux-image-[0-9]*.deb)" &
  linux=$!
  for deb in "$DEBS"/*.deb; do
    [[ ${deb##*/} == linux-image-* ]] || unpack_one "$deb"
  done
  wait "$linux"
  cp "$root/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1" .
  kernel=$(one "$root"/boot/vmlinuz-*)
  modules=$(one "$root"/lib/modules/*)
  version=${modules##*/}
}

# remove_build_only: ends the time in which the unpacked packages were only this build's tools.
remove_build_only() {
  local list name path
  for list in lists/*; do
    name=${list#*/}
    [[ $name =~ ^($build_only)$ ]] || continue
    while read -r path; do [[ -d $root/$path ]] || rm -f "${root:?}/$path"; done < "$list"
    rm "$list"
  done
  find "$root" -depth -mindepth 1 -type d -empty -delete
}

# configure_tree: what maintainer scripts would have done, and what makes this system ours.
configure_tree() {
  local name
  mkdir -p "$root"/{proc,sys,dev,run,tmp,mnt,root,home,srv,etc/{dropbear,rpm},var/{tmp,log/xen,cache/dnf,lib/{rpm,dnf,xen}}}
  ln -sfn ../run "$root/var/run"
  ln -sfn ../run/lock "$root/var/lock"
  ln -sfn /proc/self/mounts "$root/etc/mtab"
  cp -a "$here/system/." "$root/"
  sed "s/@VERSION@/$version/g" "$here/grub.cfg" > boot-files/grub.cfg

  for name in awk nawk; do ln -sf mawk "$root/usr/bin/$name"; done
  ln -sf python3.11 "$root/usr/bin/python3"
  ln -sf bash "$root/usr/bin/sh"
  ln -sf dnf-3 "$root/usr/bin/yum"
  ln -sf grub-mkconfig "$root/usr/sbin/grub2-mkconfig"
  # What Debian's packages for it would want PAM, perl or systemd for.
  for name in login mount umount vi hostname su clear udhcpc wget nc; do ln -sf busybox "$root/usr/bin/$name"; done
  for name in init getty modprobe; do ln -sf ../bin/busybox "$root/usr/sbin/$name"; done
  for name in reboot poweroff halt; do ln -sf ../libexec/power "$root/usr/sbin/$name"; done
  # "with Xen hypervisor" is in the title that GRUB gives the entry when it makes submenus; here it makes none.
  sed -i 's/"%s, with Xen %s and Linux %s"/"%s, with Xen hypervisor (Xen %s, Linux %s)"/' "$root/etc/grub.d/20_linux_xen"
  grep -q 'with Xen hypervisor (Xen' "$root/etc/grub.d/20_linux_xen"
  # Xen's entries take the kernel that is packed for it (boot_files), and no others.
  sed -i 's,^for i in /boot/vmlinu\[xz]-\* .*; do$,for i in /boot/vmlinux-*; do,' "$root/etc/grub.d/20_linux_xen"
  grep -q '^for i in /boot/vmlinux-\*; do$' "$root/etc/grub.d/20_linux_xen"
  loader --argv0 depmod "$root/usr/bin/kmod" -b "$root" "$version"
  # The same permissions, whoever unpacked the packages under which umask.
  chmod -R u=rwX,go=rX "$root"
}

# compile_python: byte code that Python takes without looking at the source's time. Compiled in batches, a new process
# for each: what a process compiled before can show in what it writes.
compile_python() {
  (cd "$root" && find usr/lib/python3 usr/lib/python3.11 -name '*.py' | sort) > sources
  split -n l/4 sources sources.
  local batch running=()
  for batch in sources.*; do
    (cd "$root" && python -m compileall -q -f --invalidation-mode unchecked-hash -p / -i - < "$OLDPWD/$batch") &
    running+=($!)
  done
  for batch in "${running[@]}"; do wait "$batch"; done
}
