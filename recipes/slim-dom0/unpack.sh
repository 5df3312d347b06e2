# Packages: taking files out of them, and running the programs they hold.

# one FILE…: the only argument. A second one means two versions of a package are in $DEBS; a missing one, a changed package.
one() {
  if [[ $# -ne 1 || ! -e $1 ]]; then
    echo "expected exactly one file, found: $*" >&2
    return 1
  fi
  echo "$1"
}

# slice FILE OFFSET LENGTH: some bytes of a file.
slice() { dd if="$1" iflag=skip_bytes,count_bytes bs=1M skip="$2" count="$3" status=none; }

# unpack DEB DIR [MEMBER PATTERN…]: a .deb is an `ar` archive whose member data.tar.xz holds the files. It is read here
# because `ar` and `dpkg` are not on every host. A member is a 60 byte header (name at 0, decimal size at 48) and
# then its bytes, padded to an even count; the first member starts at 8.
unpack() {
  local deb=$1 dir=$2 at=8 end header name size
  shift 2
  end=$(stat -c %s "$deb")
  while ((at < end)); do
    header=$(slice "$deb" "$at" 60)
    name=${header:0:16} size=${header:48:10}
    if [[ $name == data.tar.xz* ]]; then
      slice "$deb" $((at + 60)) "$((size))" | xz -dc -T0 | tar -x --no-same-owner -C "$dir" --wildcards "$@"
      return
    fi
    at=$((at + 60 + size + size % 2))
  done
  echo "${deb##*/}: no data.tar.xz in it" >&2
  return 1
}

# unpack_all DIR: every package of $DEBS into one tree. Of the kernel package only what is used: it is 400 MB.
unpack_all() {
  local dir=$1 deb
  mkdir -p "$dir"
  for deb in "$DEBS"/*.deb; do
    case ${deb##*/} in
      linux-image-[0-9]*) unpack "$deb" "$dir" './boot/vmlinuz-*' './lib/modules/*/kernel/drivers/xen/*' \
        './lib/modules/*/kernel/drivers/virtio/*' './lib/modules/*/kernel/drivers/char/virtio_console.ko' \
        './lib/modules/*/kernel/drivers/block/virtio_blk.ko' './lib/modules/*/kernel/drivers/block/xen-blkback/*' ;;
      linux-image-*) ;; # the meta package that names the current kernel
      *) unpack "$deb" "$dir" ;;
    esac
  done
}

# loader ARG…: the dynamic loader of the unpacked packages, which finds libraries among them.
loader() {
  local libraries=$root/lib/x86_64-linux-gnu
  "$libraries/ld-linux-x86-64.so.2" --inhibit-cache --library-path "$libraries:$root/usr/lib/x86_64-linux-gnu" "$@"
}

# packaged PROGRAM ARG…: runs a program of the unpacked packages.
packaged() { loader "$root/$1" "${@:2}"; }
