/**
 * A stand-in for XCP-ng's `xe`, as a script of dom0: it starts and lists VMs in the form that xe has, and does it with xl.
 * It stands in for the command line of a toolstack that no package has; the guest and its console are Xen's.
 */
export const VM = { uuid: '646f6d65-7300-4000-8000-0000000000e1', nameLabel: 'Debian 12, by xe' } as const;
export const HALTED = { uuid: '646f6d65-7300-4000-8000-0000000000e2', nameLabel: 'asleep' } as const;

export const XE = `#!/bin/sh
vm() {
  printf '%s\\n' "uuid ( RO)           : $1" "     name-label ( RW): $2" "    power-state ( RO): $3" "         dom-id ( RO): $4" '' ''
}
case "$1 $2" in
'vm-start uuid=${VM.uuid}')
  sed 's/^name.*/name = "${VM.nameLabel}"/; s/^uuid.*/uuid = "${VM.uuid}"/' /root/guest.cfg >/root/xe.cfg
  xl create -q /root/xe.cfg ;;
'vm-list params=uuid,name-label,power-state,dom-id')
  vm 646f6d65-7300-4000-8000-000000000000 'Control domain on host: dom0' running 0
  if id=$(xl domid '${VM.nameLabel}' 2>/dev/null)
  then vm ${VM.uuid} '${VM.nameLabel}' running "$id"
  else vm ${VM.uuid} '${VM.nameLabel}' halted -1
  fi
  vm ${HALTED.uuid} '${HALTED.nameLabel}' halted -1 ;;
*) echo "Unknown command: $*" >&2; exit 1 ;;
esac
`;
