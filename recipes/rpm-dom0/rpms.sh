# The RPM packages: Xen's in a signed repository, and one for every Debian package of the image, in its RPM database.

# rpm_build SPEC BUILDROOT RPMS [ARG…]: packages from what is in a build root.
rpm_build() {
  find "$2" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  mkdir -p rpmbuild/BUILD "$3"
  RPMS=$3 SIGN='' rpm_program rpmbuild -bb --noclean --target x86_64-linux --buildroot "$2" "${@:4}" "$1" > rpmbuild.log 2>&1 || {
    tail -n 5 rpmbuild.log >&2
    return 1
  }
}

# split_xen: Xen's files as Fedora's packages have them, in xen-root/.
split_xen() {
  local xen=usr/lib/xen-4.17 program
  mkdir -p xen-root/{boot,etc/xen,usr/{bin,sbin,lib/x86_64-linux-gnu,share/licenses/xen}}
  cp "$(one "$root"/boot/xen-*-amd64.gz)" xen-root/boot/xen-4.17.gz
  cp -a "$root"/usr/lib/x86_64-linux-gnu/lib{xen,xlutil}*.so* xen-root/usr/lib/x86_64-linux-gnu/
  mkdir -p xen-root/$xen
  cp -a "$root/$xen"/{bin,lib,boot} xen-root/$xen/
  rm -f xen-root/$xen/bin/{test-*,oxenstored,xen-access,xen-kdd,xen-vmtrace}
  # Debian's wrappers choose among versions; here is one.
  for program in xen-root/$xen/bin/*; do ln -s "../lib/xen-4.17/bin/${program##*/}" "xen-root/usr/sbin/${program##*/}"; done
  cp -a "$root"/usr/bin/xenstore* xen-root/usr/bin/
  rm -f xen-root/usr/bin/xenstore-control
  cp -a "$root/etc/xen/scripts" xen-root/etc/xen/
  quick_scripts xen-root
  install -D -m 644 "$root/usr/lib/grub-xen/grub-x86_64-xen.bin" -t xen-root/usr/lib/grub-xen
  cp -a "$here/xen/root/." xen-root/
  cp "$root/usr/share/doc/xen-utils-4.17/copyright" xen-root/usr/share/licenses/xen/COPYING
  chmod -R u=rwX,go=rX xen-root
}

# quick_scripts ROOT: Xen's hotplug scripts with fewer programs to start, see scripts.sed. The programs that are left come from
# busybox, as far as that has them: without libraries to look for they start in half of the time.
quick_scripts() {
  local scripts=("$1"/etc/xen/scripts/*) name command
  while read -r command; do
    [[ $command == s* ]] || continue
    if [[ ! $(sed -n "${command}p" "${scripts[@]}") ]]; then
      echo "Xen's scripts have no line for $command; they are other ones" >&2
      return 1
    fi
    sed -i "$command" "${scripts[@]}"
  done < "$here/xen/scripts.sed"
  mkdir -p "$1/usr/libexec/xen-hotplug"
  for name in awk cat cut grep ip mkdir readlink rm stat which; do ln -s ../../bin/busybox "$1/usr/libexec/xen-hotplug/$name"; done
}

# xen_version: version and release of Debian's Xen. RPM allows no hyphen in either.
xen_version() {
  local version
  version=$(one "$DEBS"/xen-hypervisor-4.17-amd64_*.deb)
  version=${version##*amd64_} version=${version%_amd64.deb}
  local upstream=${version%-*}
  echo "${upstream//-/.} ${version##*-}"
}

# repository OUT: a tar with the packages and their index, which is served as a folder.
repository() {
  local version release
  read -r version release < <(xen_version)
  mkdir -p repository
  rpm_build "$here/xen/xen.spec" "$PWD/xen-root" "$PWD/repository" -D "xen_version $version" -D "xen_release $release"

  mkdir -p release-root ballast-root/usr/share/domes
  cp -a "$here/system/." release-root/
  sed -i 's/^VERSION="1.0"/VERSION="1.0 (updated)"/' release-root/etc/os-release
  chmod -R u=rwX,go=rX release-root
  rpm_build "$here/domes-release.spec" "$PWD/release-root" "$PWD/repository" -D 'release_number 2'
  truncate -s 40M ballast-root/usr/share/domes/ballast
  rpm_build "$here/domes-ballast.spec" "$PWD/ballast-root" "$PWD/repository"

  sign repository/*.rpm
  touch -d "@$SOURCE_DATE_EPOCH" repository/*.rpm
  at_epoch usr/bin/createrepo_c --quiet --workers 1 --no-database --simple-md-filenames --compatibility \
    --revision "$SOURCE_DATE_EPOCH" --set-timestamp-to-revision repository
  find repository -exec touch -d "@$SOURCE_DATE_EPOCH" {} +
  tar -C repository --format=ustar --sort=name --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX -cf "$1" \
    --transform='s,^\./,,' .
}

# sign RPM…: with the test key of this recipe.
sign() {
  cat > sign-with-key <<END
#!/bin/bash
PYTHONHOME='$root/usr' PYTHONDONTWRITEBYTECODE=1 exec '$root/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2' --inhibit-cache \\
  --library-path '$root/lib/x86_64-linux-gnu' '$root/usr/bin/python3.11' '$here/sign.py' '$here/test-key.json' "\$@"
END
  chmod +x sign-with-key
  SIGN=$PWD/sign-with-key RPMS=$PWD rpm_program rpmsign --addsign "$@" > rpmsign.log 2>&1 || {
    tail -n 5 rpmsign.log >&2
    return 1
  }
}

# rpm_database: every package of the image becomes an RPM (of one spec file), and is entered as installed.
rpm_database() {
  mkdir -p image-rpms database
  rm -f lists/linux-image-amd64
  python "$here/image_spec.py" "$root" "$DEBS" lists "$here/system" > image.spec
  rpm_build "$PWD/image.spec" "$root" "$PWD/image-rpms" -D '_binary_payload w.ufdio'
  rpm_build "$here/domes-release.spec" "$root" "$PWD/image-rpms" -D 'release_number 1'
  RPMS=$PWD SIGN='' rpm_program rpmkeys --dbpath "$PWD/database" --import "$here/system/etc/pki/rpm-gpg/RPM-GPG-KEY-domes"
  RPMS=$PWD SIGN='' rpm_program rpm --dbpath "$PWD/database" -i --justdb --nodeps --noscripts --notriggers --ignoresize \
    --noplugins --nosignature image-rpms/*.rpm 2> rpm.log || {
    tail -n 5 rpm.log >&2
    return 1
  }
  python -c 'import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript("pragma journal_mode=delete; vacuum")' database/rpmdb.sqlite
  mkdir -p "$root/var/lib/rpm"
  cp database/rpmdb.sqlite "$root/var/lib/rpm/"
}
