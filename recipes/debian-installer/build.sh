#!/bin/bash
# Takes Debian's installer (network boot, text) out of its package: a kernel and an initrd, as Debian built them.
#
#   DEBS  folder with the .deb file named by recipe.json
#   OUT   folder to write linux and initrd.gz into
#
# Runs in an empty scratch folder, as any user, without network.
set -euo pipefail
: "${DEBS:?folder with the .deb file}" "${OUT:?folder for the outputs}"
export LC_ALL=C TZ=UTC
umask 022

# slice FILE OFFSET LENGTH: some bytes of a file.
slice() { dd if="$1" iflag=skip_bytes,count_bytes bs=1M skip="$2" count="$3" status=none; }

# files DEB: the tar in a .deb, which is an `ar` archive: from byte 8 on members, each a header of 60 bytes (name at 0,
# decimal size at 48) and its bytes, padded to an even count. `ar` and `dpkg` are not on every host.
files() {
  local deb=$1 at=8 end header size
  end=$(stat -c %s "$deb")
  while ((at < end)); do
    header=$(slice "$deb" "$at" 60)
    size=${header:48:10}
    if [[ ${header:0:16} == data.tar.xz* ]]; then
      slice "$deb" $((at + 60)) "$((size))" | xz -dc -T0
      return
    fi
    at=$((at + 60 + size + size % 2))
  done
  echo "${deb##*/}: no data.tar.xz in it" >&2
  return 1
}

echo "unpack the installer"
files "$DEBS"/debian-installer-*.deb |
  tar -x --no-same-owner --wildcards '*/text/debian-installer/amd64/linux' '*/text/debian-installer/amd64/initrd.gz'

for output in linux initrd.gz; do mv usr/lib/debian-installer/images/*/amd64/text/debian-installer/amd64/$output "$OUT/"; done
