#!/bin/sh
# What package.json's scripts start: setup/run.mjs, which is told when npm is killed, so that no QEMU outlives it.
# The scripts say `exec`, here as well: npm passes signals to its child only, and that must not be a shell.
run=$(dirname "$0")/run.mjs
if command -v setpriv >/dev/null; then exec setpriv --pdeathsig TERM -- node "$run" "$@"; fi
exec node "$run" "$@"
