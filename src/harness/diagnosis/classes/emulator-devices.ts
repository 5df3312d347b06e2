/** QEMU's messages about devices and other options. */
import { classesOf } from '../failure-class.ts';
import { QEMU_ENDS, QEMU_NAME, qemu } from './qemu-message.ts';

export const EMULATOR_DEVICES = classesOf('emulator', {
  'port-in-use': {
    severity: 'fatal',
    signs: [
      /Could not set up host forwarding rule/,
      qemu('Failed to (?:find an available port|bind socket)[^\\n]{0,80}(?:in use)?'),
      qemu('[^\\n]{0,200}Address already in use'),
    ],
    cause: 'a port or socket of the host that QEMU is to listen on is taken',
    remedy: 'end who has it (an older QEMU, most likely), or choose another port',
    source: 'QEMU net/slirp.c, util/qemu-sockets.c',
    explains: QEMU_ENDS,
  },
  'network-setup-failed': {
    severity: 'fatal',
    signs: [
      /could not configure \/dev\/net\/tun/,
      /failed to (?:create tun device|launch (?:bridge helper|network script)|parse default acl file)|bridge helper failed/,
      qemu('network script \\S+ failed'),
    ],
    cause: 'QEMU may not make the network device on the host that it was told to',
    remedy: 'use -netdev user, or give it a tap device that exists (root is needed for others)',
    source: 'QEMU net/tap.c, qemu-bridge-helper.c',
    explains: QEMU_ENDS,
  },
  'display-failed': {
    severity: 'fatal',
    signs: [
      /gtk initialization failed/,
      /Could not initialize SDL\(|[Ff]ailed to (?:initialize|start) (?:spice|VNC) server/,
      qemu("(?:Display '\\w+' is not available|OpenGL support (?:is|was) not)"),
    ],
    cause: 'QEMU was told to open a window, and there is no display',
    remedy: 'start it with -display none',
    source: 'QEMU ui/gtk.c, ui/sdl2.c',
    explains: QEMU_ENDS,
  },
  'vfio-failed': {
    severity: 'fatal',
    signs: [
      /vfio \S+: (?:.{0,20}group \d+ (?:is not viable|used in)|failed to|error|Could not)|vfio: (?:error|failed|unable)/,
      /(?:open|stat|Could not open) '?\/dev\/vfio\/\S+ ?(?:failed|: )|VFIO_(?:MAP_DMA|GROUP_\w+|SET_IOMMU).{0,20}(?:failed|: -?\d)/,
    ],
    cause: 'a PCI device of the host could not be handed to the machine',
    remedy: 'bind the whole IOMMU group to vfio-pci, turn the IOMMU on, and raise the memory lock limit',
    source: 'QEMU hw/vfio/pci.c, hw/vfio/container.c',
    explains: QEMU_ENDS,
  },
  'chardev-failed': {
    severity: 'fatal',
    signs: [
      /-(?:chardev|serial|monitor|qmp|mon) \S.{0,300}: (?:Failed to|Could not|could not|Unable to|cannot|'\S+' is not|chardev)/,
      qemu(
        '(?:[Uu]nable|[Ff]ailed) to connect character device|could not connect serial device to character backend',
      ),
    ],
    cause: 'a console or monitor of the machine could not be connected on the host',
    remedy:
      'start who listens on that socket first, or let QEMU listen (server=on,wait=off); a path is at most 107 bytes',
    source: 'QEMU chardev/char-socket.c, chardev/char.c',
    explains: QEMU_ENDS,
  },
  'invalid-option': {
    severity: 'fatal',
    signs: [
      qemu(
        "(?:invalid option|Invalid parameter '|Parameter '[^']+' expects|requires an argument|unknown option|there is no )",
      ),
      /Property '[^'\n]+' (?:not found|doesn't take)/,
      /PCI: slot \d+ function \d+ not available for /,
      qemu('Device needs media, but drive is empty|drive with bus=|Duplicate ID|.{0,60}is already in use'),
    ],
    cause: "QEMU's command line is wrong",
    remedy: 'its own words name the option; the arguments are in the run record',
    source: 'QEMU softmmu/vl.c, util/qemu-option.c',
    explains: QEMU_ENDS,
  },
  'reported-error': {
    severity: 'hard',
    signs: [
      new RegExp(
        `${QEMU_NAME}-(?:device|drive|blockdev|netdev|object|machine|cpu|accel|m|smp|bios|kernel|global|numa|display|cdrom|hda|hdb|pflash|loadvm|incoming|vnc|nic|net|virtfs|tpmdev|audiodev) (?!.{0,600}(?:warning|deprecated|info|falling back|Issue while setting)).{1,600}: \\S`,
      ),
    ],
    cause: 'QEMU could not do what one of its options says, and ended',
    remedy: 'the option stands in its line, and behind it the reason',
    source: 'QEMU util/error-report.c error_report()',
    explains: QEMU_ENDS,
  },
});
