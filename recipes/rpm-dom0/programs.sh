# Programs of the unpacked packages that need more than their loader: their data folders, and a clock that stands still.

# Read by every program of rpm, createrepo_c included.
export RPM_CONFIGDIR=$root/usr/lib/rpm

# python ARG…
python() {
  PYTHONHOME=$root/usr PYTHONDONTWRITEBYTECODE=1 PYTHONHASHSEED=0 packaged usr/bin/python3.11 "$@"
}

# at_epoch PROGRAM ARG…: a program of the packages for which it is always SOURCE_DATE_EPOCH.
at_epoch() {
  NO_FAKE_STAT=1 FAKETIME=$(date -u -d "@$SOURCE_DATE_EPOCH" '+%F %T') \
    loader --preload "${root%/*}/libfaketime.so.1" "$root/$1" "${@:2}"
}

# rpm_program NAME ARG…: a program of rpm, with the packages' macros and none of the host's or the user's.
rpm_program() {
  at_epoch "usr/bin/$1" \
    --macros "$root/usr/lib/rpm/macros:$root/usr/lib/rpm/platform/x86_64-linux/macros:$here/macros" "${@:2}"
}
