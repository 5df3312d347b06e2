# Xen's hotplug scripts, with less to start: an emulated dom0 takes some 60 ms for every program, and a disk and a network card
# took 70 of them. bash does the same itself. A line that finds nothing to change ends the build.

# block, vif-bridge and the files that they read.
s|^dir=$(dirname "$0")$|dir=${0%/*}|

# xen-hotplug-common.sh. In the new folder are busybox's versions of what is left to start.
s|^unset $(set . grep ^LC_ . cut -d= -f1)$|unset "${!LC_@}"|
s|^export PATH="${bindir}:|export PATH="/usr/libexec/xen-hotplug:${bindir}:|
s/^  local v=$(xenstore-read "$@" || true)$/  local v; v=$(xenstore-read "$@") || v=''/

# logging.sh: there is no syslog, and so no logger.
s/^  logger -p .* || echo "$0 $@" >&2$/  echo "$0 $@" >\&2/

# xen-script-common.sh
s|^    if expr 'index' "$arg" '=' '>' '1' >/dev/null$|    if [[ $arg == ?*=* ]]|
s|^    if ! expr 'index' "$arg" '=' >/dev/null$|    if [[ $arg != *=* ]]|

# block-common.sh
s|^  if ! expr index "$mode" 'w' >/dev/null$|  if [[ $mode != *w* ]]|
s|^  elif ! expr index "$mode" '!' >/dev/null$|  elif [[ $mode != *!* ]]|
s|^  xenstore_write "$XENBUS_PATH/physical-device" "$mm"$|  xenstore_write "$XENBUS_PATH/physical-device" "$mm" "$XENBUS_PATH/physical-device-path" "$1"|
s|^  xenstore_write "$XENBUS_PATH/physical-device-path" "$1"$|  :|

# block
s|^p=$(xenstore_read "$XENBUS_PATH/params")$|p=$(xenstore_read "$XENBUS_PATH/params" "$XENBUS_PATH/mode")|
s|^mode=$(xenstore_read "$XENBUS_PATH/mode")$|mode=${p##*$'\\n'} p=${p%$'\\n'*}|
