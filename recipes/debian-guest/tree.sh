# The guest's file system, in $system: the packages without what nobody reads there, and the files of system/. The programs that
# build are unpacked into $root.

# Packages that only this build uses: the guest does not have them. The last is in its repository.
readonly build_only='cpio|e2fsprogs|grub-common|grub-pc-bin|klibc-utils|libdevmapper1.02.1|libexpat1|libext2fs2|libfaketime|libklibc|libpython3.11-.*|libss2|lz4|python3.11-minimal|hello'
# Libraries of the guest that the build's programs need too.
readonly shared='libblkid1|libc6|libcom-err2|libgcc-s1|liblz4-1|libselinux1|libpcre2-8-0|libudev1|libuuid1|libxxhash0|zlib1g|libacl1|kmod|libkmod2|liblzma5|libzstd1|libssl3'

# package_name DEB
package_name() {
  local file=${1##*/}
  echo "${file%%_*}"
}

# unpack_guest DEB: a package without what `excluded` names, or of the kernel what `kernel.members` names. Leaves the list of
# its files in lists/NAME, as `tar -tv` prints it, and in controls/NAME what dpkg wants to know of it.
unpack_guest() {
  local name members=()
  name=$(package_name "$1")
  if [[ $name == linux-image-[0-9]* ]]; then
    mapfile -t members < <(sed -e '/^#/d' -e '/^$/d' "$here/kernel.members")
    unpack "$1" "$system" --keep-directory-symlink "${members[@]}"
    return
  fi
  unpack "$1" "$system" --keep-directory-symlink --numeric-owner -X "$here/excluded" -vv > "lists/$name"
  unpack_control "$1" "controls/$name"
}

# unpack_control DEB DIR: control.tar.xz of the archive; see `unpack`.
unpack_control() {
  local at=8 header size
  mkdir -p "$2"
  while header=$(slice "$1" "$at" 60) && [[ $header ]]; do
    size=${header:48:10}
    if [[ $header == control.tar.xz* ]]; then
      slice "$1" $((at + 60)) "$((size))" | xz -dc | tar -x --no-same-owner -C "$2"
      return
    fi
    at=$((at + 60 + size + size % 2))
  done
  echo "${1##*/}: no control.tar.xz in it" >&2
  return 1
}

# merged_usr DIR: /bin, /sbin and /lib as links into /usr, as Debian has them.
merged_usr() {
  local folder
  mkdir -p "$1"/usr/{bin,sbin,lib,lib64}
  for folder in bin sbin lib lib64; do ln -s "usr/$folder" "$1/$folder"; done
}

# unpack_system: the kernel beside the others: nearly all of the time goes to xz.
unpack_system() {
  local deb name linux
  mkdir -p lists controls
  merged_usr "$system"
  merged_usr "$root"
  unpack_guest "$(one "$DEBS"/linux-image-[0-9]*.deb)" &
  linux=$!
  for deb in "$DEBS"/*.deb; do
    name=$(package_name "$deb")
    [[ $name == linux-image-* ]] && continue
    if [[ $name =~ ^($build_only|$shared)$ ]]; then unpack "$deb" "$root" --keep-directory-symlink; fi
    [[ $name =~ ^($build_only)$ ]] || unpack_guest "$deb"
  done
  wait "$linux"
  cp "$root/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1" .
  kernel=$(one "$system"/boot/vmlinuz-*)
  modules=$(one "$system"/lib/modules/*)
  version=${modules##*/}
  rm -r "$system"/etc/rc?.d 2> /dev/null || true
}

# configure_tree: what maintainer scripts would have done, and what makes this system ours.
configure_tree() {
  mkdir -p "$system"/{proc,sys,dev,run,tmp,mnt,root,home,srv,etc/{dropbear,alternatives,network},boot/grub}
  mkdir -p "$system"/var/{tmp,lock,log/apt,mail,cache/{debconf,apt/archives/partial},lib/apt/lists/partial}
  rmdir "$system/var/lock"
  ln -sfn /run "$system/var/run"
  ln -sfn /run/lock "$system/var/lock"
  ln -sfn /proc/self/mounts "$system/etc/mtab"
  ln -sf dash "$system/usr/bin/sh"
  ln -sf /etc/alternatives/awk "$system/usr/bin/awk"
  ln -sf /usr/bin/mawk "$system/etc/alternatives/awk"
  # base-files' and base-passwd's first versions of what is the administrator's.
  cp "$system"/usr/share/base-files/{profile,motd} "$system/etc/"
  cp "$system/usr/share/base-files/dot.bashrc" "$system/root/.bashrc"
  cp "$system/usr/share/base-files/dot.profile" "$system/root/.profile"
  cp "$system/usr/share/base-passwd/group.master" "$system/etc/group"
  sed -e '1s,.*,root:x:0:0:root:/root:/bin/bash,' -e 's,^\([^:]*\):\*:,\1:x:,' "$system/usr/share/base-passwd/passwd.master" > "$system/etc/passwd"
  echo '_apt:x:42:65534::/nonexistent:/usr/sbin/nologin' >> "$system/etc/passwd"
  pam_stacks
  cp -a "$here/system/." "$system/"
  # It is login that waits for a name here (inittab), however long.
  sed -i 's/^\(LOGIN_TIMEOUT[[:space:]]*\)60$/\10/' "$system/etc/login.defs"
  grep -q '^LOGIN_TIMEOUT[[:space:]]*0$' "$system/etc/login.defs"
  cp "$parts/test-key.asc" "$system/etc/apt/keyrings/domes.asc"
  awk -F: '{ print $1 ":" ($1 == "root" ? secret : "*") ":19518:0:99999:7:::" }' secret="$(cat "$here/root.password")" \
    "$system/etc/passwd" > "$system/etc/shadow"
  loader --argv0 depmod "$root/usr/bin/kmod" -b "$system" "$version"
  # The same permissions, whoever unpacked the packages under which umask; the packages' special ones come with the disk.
  chmod -R u=rwX,go=rX "$system"
}

# pam_stacks: what pam-auth-update makes of its templates where pam_unix is all there is.
pam_stacks() {
  local kind primary additional
  for kind in account auth password session session-noninteractive; do
    additional=''
    case $kind in
      account) primary='account [success=1 new_authtok_reqd=done default=ignore] pam_unix.so' ;;
      auth) primary='auth [success=1 default=ignore] pam_unix.so nullok' ;;
      password) primary='password [success=1 default=ignore] pam_unix.so obscure yescrypt' ;;
      session*) primary='session [default=1] pam_permit.so' additional='session required pam_unix.so' ;;
    esac
    sed -e "s/^\$.*_primary$/$primary/" -e "s/^\$.*_additional$/$additional/" "$system/usr/share/pam/common-$kind" \
      > "$system/etc/pam.d/common-$kind"
  done
}

# repository OUT: an apt repository of one package, which the guest does not have.
repository() {
  mkdir -p repository controls/hello
  cp "$DEBS"/hello_*.deb repository/
  unpack_control "$(one "$DEBS"/hello_*.deb)" controls/hello
  python "$here/apt_repository.py" repository controls/hello/control
  rm -r controls/hello
  python "$parts/sign.py" "$parts/test-key.json" signature < repository/Release
  python "$here/armor.py" < signature > repository/Release.gpg
  find repository -exec touch -d "@$SOURCE_DATE_EPOCH" {} +
  tar -C repository --format=ustar --sort=name --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX -cf "$1" \
    --transform='s,^\./,,' .
}
