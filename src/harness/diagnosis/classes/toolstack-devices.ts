/** The devices of a guest and whom they need in dom0: disks, networks, the device model. */
import { classesOf } from '../failure-class.ts';

const AFTER = ['domain-create-failed', 'console-unavailable', 'domain-not-found'];
const DEVICE = [
  'hotplug-script-failed',
  'device-backend-timeout',
  'device-not-added',
  'network-inactive',
  ...AFTER,
];

export const TOOLSTACK_DEVICES = classesOf('toolstack', {
  'disk-not-found': {
    severity: 'hard',
    signs: [
      /Disk vdev=\S+ failed to stat: /,
      /(?:Disk image|Disk) does not exist: \S+/i,
      /Device \d+ \((?:vbd|tap\d?)\) could not be connected\. ?(?:\S+ does not exist|.{0,80}No such file)/,
      /libxl__device_disk_set_backend: .{0,60}(?:no suitable backend|failed)/,
      /(?:failed to open|could not open|cannot open|unable to (?:open|access)) (?:disk|backing)(?: (?:image|file))?\b/i,
    ],
    cause: "the file or device behind one of the guest's disks is not there",
    remedy: 'correct the target of that disk in disk=; it is a path of dom0',
    source: 'Xen tools/libs/light/libxl_device.c; measured with xl 4.17',
    explains: DEVICE,
  },
  'disk-in-use': {
    severity: 'hard',
    signs: [
      /(?:is (?:already )?(?:loopback-)?mounted .{0,80}(?:in a guest domain|in the privileged domain)|and so cannot be mounted now)/,
      /Device \S+ is (?:already )?(?:mounted|in use) (?:in|by) (?:a |the )?(?:guest|privileged) ?domain/i,
      /block-attach.{0,100}already (?:attached|in use)|Device \d+ already connected/i,
    ],
    cause: 'a disk of the guest is in use: by dom0, or by another guest that may write to it',
    remedy: 'unmount it or shut the other guest down; a read-only disk (mode r, or w!) may be shared',
    source: 'Xen tools/hotplug/Linux/block',
    explains: DEVICE,
  },
  'bridge-not-found': {
    severity: 'hard',
    signs: [
      /Could not find bridge(?: device)?,? ?\S*/,
      /Cannot get interface MTU on '\S+': No such device|Failed to add tap interface to bridge '\S+'/,
      /bridge \S+ does not exist/i,
      /can't (?:add|get info on) .{1,40}(?:to bridge|bridge) .{0,40}(?:No such device|does not exist)/i,
      /vif-bridge.{0,200}(?:[Nn]o bridge|[Uu]nable to find|not find) /,
      /(?:Cannot find device|Device) "?(?:xenbr|virbr|br|ovsbr)\d*"? ?(?:does not exist)?\s*$/,
    ],
    cause: "the bridge that the guest's network card is to join is not there",
    remedy:
      'make it (ip link add xenbr0 type bridge; ip link set xenbr0 up), or name another with vif=["bridge=…"]',
    source: 'Xen tools/hotplug/Linux/vif-bridge, xen-network-common.sh',
    explains: DEVICE,
  },
  'network-inactive': {
    severity: 'hard',
    signs: [/[Nn]etwork '[^'\n]+' is not active/, /Network not found: no network with matching name/],
    cause: "the guest's network is known to libvirt, or was once, and is not started",
    remedy: 'virsh net-start default, and virsh net-autostart default to have it after the next boot',
    source: 'libvirt src/network/bridge_driver.c',
    explains: AFTER,
  },
  'hotplug-script-failed': {
    severity: 'hard',
    signs: [
      /device_hotplug_child_death_cb: .{0,40}script: /,
      /\/etc\/xen\/scripts\/\S+ failed; error detected/,
      /hotplug script .{1,200} failed|[Hh]otplug scripts? .{0,80}(?:timed out|not working)/,
      // What the script itself said comes with the next line.
      {
        line: /\/etc\/xen\/scripts\/\S+ (?:online|add|remove|offline|prepare)? ?\[\d+\] (?:exited with error|died)/,
        early: true,
      },
      /Device \d+ \((?:vif|vbd)\) could not be connected\./,
      /killing execution of .{1,200} because of timeout/,
      /libxl_(?:device|exec)\.c.{0,80}\/scripts\/.{0,200}(?:error status|failed|timed out)/,
    ],
    cause: "a script in dom0 that connects a guest's device failed",
    remedy:
      'read /var/log/xen/xen-hotplug.log; the bridge, losetup or a program that the script calls is missing',
    source: 'Xen tools/libs/light/libxl_device.c; https://github.com/sysml/clickos/issues/25',
    explains: ['device-backend-timeout', 'device-not-added', ...AFTER],
  },
  'device-backend-timeout': {
    severity: 'hard',
    signs: [
      /(?:libxl__wait_for_backend|device_backend_callback|libxl__wait_for_device_state).{0,120}(?:not ready|timed? ?out|unable to (?:initialize|add) device)/i,
      /[Bb]ackend \S+ (?:not ready|did not (?:connect|become ready))/,
      /(?:Timed out|[Tt]imeout) (?:waiting for|connecting to) (?:backend|vbd|vif)\b(?!.{0,40}\(local state)/,
    ],
    cause: "a driver in dom0 did not take up one of the guest's devices in time",
    remedy:
      'load its driver in dom0 (xen-blkback, xen-netback), and see that xl devd or udev runs where the backend is',
    source: 'Xen tools/libs/light/libxl_device.c',
    explains: ['device-not-added', ...AFTER],
  },
  'device-not-added': {
    severity: 'hard',
    signs: [
      /unable to add (?:vif|nic|disk|vbd|vtpm|usb|pci|channel|console|9pfs|vkb|vfb|vdispl|vsnd)\w* ?devices?/i,
    ],
    cause: "one of the guest's devices could not be added",
    remedy: 'read the error before it: it names the script, driver or file',
    source: 'Xen tools/libs/light/libxl_create.c domcreate_attach_devices()',
    explains: AFTER,
  },
  'pci-not-assignable': {
    severity: 'hard',
    signs: [
      /PCI device \S+ (?:is not assignable|cannot be assigned)/i,
      /pci: (?:PCI Backend (?:and|does not)|.{0,60}not owned by pciback)/i,
      /xc_assign_device (?:failed|error)/,
      /PCI device .{0,40}(?:already assigned|in use by)/i,
      /libxl_pci\.c.{0,120}(?:not assignable|failed to .{0,20}(?:assign|reset)|No such device)/i,
    ],
    cause: 'a PCI device can not be given to the guest: dom0 still owns it, or there is no IOMMU',
    remedy: 'xl pci-assignable-add it first, and turn the IOMMU on',
    source: 'Xen tools/libs/light/libxl_pci.c',
    explains: DEVICE,
  },
  'device-model-failed': {
    severity: 'hard',
    signs: [
      /(?:stubdom_xswait_cb: .{0,60}|Stubdom \d+ for \d+ )startup: startup timed out/,
      /device model did not start: -?\d+/,
      /device model.{0,20}: ?(?:spawn failed|exited with error|failed|died|startup timed out)/i,
      /(?:device_model_spawn_outcome|device_model_postconfig_done).{0,80}(?:failed|spawn)/i,
      /libxl__spawn_\w+.{0,60}(?:device model|qemu).{0,60}(?:fail|timed out)/i,
      /Device Model already exited/,
      /(?:qemu-dm|qemu-system-i386|qemu-system-xen)\S* .{0,80}(?:failed to exec|No such file or directory)/,
      /received an error message from QMP server: |Error happened with the QMP connection to QEMU|error on QMP socket: /,
    ],
    cause: "QEMU in dom0, which emulates the guest's devices, did not start",
    remedy: 'read /var/log/xen/qemu-dm-NAME.log; it misses its ROMs, a keymap, /var/tmp or a disk',
    source: 'Xen tools/libs/light/libxl_dm.c; measured with xl 4.17',
    explains: AFTER,
  },
  'storage-repository-failed': {
    severity: 'hard',
    signs: [
      /SR_BACKEND_FAILURE_\d+/,
      /The SR (?:is not available|could not be connected|has no)/i,
      /SR_(?:NOT_ATTACHED|HAS_NO_PBDS)|PBD.{0,20}not.{0,20}(?:attached|plugged)/i,
    ],
    cause: 'a storage repository of XenServer or XCP-ng is not attached, or is full',
    remedy: 'xe sr-list and xe pbd-plug; read /var/log/SMlog',
    source: 'xapi-project/sm; XenServer error list',
    explains: AFTER,
  },
});
