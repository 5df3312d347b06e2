/** What the toolstack stands on: Xen itself, xenstored, xenconsoled, xend, xapi; and moving guests about. */
import { classesOf } from '../failure-class.ts';

const AFTER = [
  'domain-create-failed',
  'device-model-failed',
  'console-unavailable',
  'domain-not-found',
  'hotplug-script-failed',
  'device-not-added',
];

export const TOOLSTACK_DAEMONS = classesOf('toolstack', {
  'not-running-on-xen': {
    severity: 'hard',
    signs: [
      /(?:Could not obtain handle on privileged command interface|cannot open libxc handle|xencall: error: .{0,80}|error opening .{0,20}privcmd).{0,40}(?:No such file or directory|\(2 = )/,
      /(?:Could not obtain handle on privileged command interface|cannot open libxc handle)(?!.{0,30}Permission)/,
      /Not running (?:on|under|in) (?:a )?Xen/,
    ],
    cause: 'this Linux does not run under Xen, or its Xen drivers are not there',
    remedy: "boot GRUB's Xen entry; load xen-privcmd and xen-evtchn, mount xenfs on /proc/xen",
    source: 'Xen tools/libs/call/linux.c, tools/libs/light/libxl.c libxl_ctx_alloc()',
    explains: ['xenstored-not-running', 'xend-not-running', ...AFTER],
  },
  'permission-denied': {
    severity: 'hard',
    signs: [
      /(?:Could not obtain handle on privileged command interface|cannot open libxc handle|xencall).{0,80}(?:Permission denied|\(13 = )/,
      /libxl: error: (?!.*(?:do_pci_|domain creation|hotplug)).{0,120}(?:Permission denied|Operation not permitted)\s*$/,
      /failed to retrieve the maximum number of cpus/,
      /xenstore-\w+: .{0,60}Permission denied/,
    ],
    cause: 'the toolstack was called by somebody who is not root, or who is not dom0',
    remedy: 'run it as root in dom0',
    source: 'https://github.com/cnplab/cosmos/issues/24',
    explains: AFTER,
  },
  'xenstored-not-running': {
    severity: 'hard',
    signs: [
      /Is xenstore(?:d| daemon) running\?/i,
      /failed to stat \S*xenstored\.pid/,
      /(?:[Ff]ailed|[Uu]nable|[Cc]ould not|[Cc]annot) to connect to xenstored?\b/,
      /(?:cannot|could not|failed to) (?:open|connect to|contact) (?:the )?xen-?store/i,
      /(?:xenstore: |xenstore-\w+: ).{0,60}(?:Connection refused|No such file or directory)/,
      /Failed to start (?:[Xx]enstored|The Xen xenstore|Xen ?[Ss]tore)/,
      /xs_open(?:: | failed)/,
    ],
    cause: "xenstored, the registry that all of Xen's tools need, does not run",
    remedy: 'start it (systemctl start xenstored, or xencommons); look at /var/log/xen/xenstored-trace.log',
    source: 'Xen tools/libs/light/libxl.c, tools/xenstore',
    explains: AFTER,
  },
  'xenconsoled-not-running': {
    severity: 'hard',
    signs: [
      /console_xswait_callback: .{0,40}console tty: timed out/,
      /(?:xenconsole|xl console|xm console): .{0,40}Could not read tty from store/,
      /Could not read tty from store/,
      /Is xenconsoled? running\?/i,
      /Failed to start .{0,20}(?:Xenconsoled|xenconsoled)/,
    ],
    cause:
      "the guest's console is offered by nobody: xenconsoled does not run, the guest is gone already, or it is an HVM guest without a serial port",
    remedy:
      "start xenconsoled; look at xl list whether the guest still lives; give an HVM guest serial = 'pty'",
    source: 'Xen tools/console/client/main.c, tools/libs/light/libxl_create.c; measured with xl 4.17',
    explains: ['console-unavailable', 'domain-not-found'],
  },
  'console-unavailable': {
    severity: 'soft',
    signs: [
      /libxl__domain_type: .{0,40}unable to get domain type for domid/,
      /^(?:xl: )?[Uu]nable to attach console/,
      /libxl_report_child_exitstatus: .{0,20}console child \[\d+\] exited/,
      /(?:xl|xm) console: .{0,60}(?:Input\/output error|Invalid argument)/,
    ],
    cause: "the guest's console could not be opened: most often the guest ended before",
    remedy: 'create the guest paused (-p), attach its console, then unpause it; on_crash="preserve" keeps it',
    source: 'Xen tools/xl/xl_console.c; https://github.com/mirage/xen-arm-builder/issues/46',
  },
  'xend-not-running': {
    severity: 'hard',
    signs: [/Unable to connect to xend\b/, /Is xend running\?/, /Xend has probably crashed!/],
    cause: 'xend, the daemon behind xm, does not run',
    remedy: 'start it (service xend start) and read /var/log/xen/xend.log; newer Xens have xl and need none',
    source: 'Xen 4.4 tools/python/xen/xm/main.py',
    explains: AFTER,
  },
  'libvirtd-unreachable': {
    severity: 'hard',
    signs: [
      /(?:Failed to connect|unable to connect) (?:socket )?to (?:'?\/\S{0,40}libvirt|the hypervisor|libvirt)|failed to connect to the hypervisor/i,
      /libvirtError: .{0,60}client socket is closed|Cannot (?:write|recv) data: (?:Broken pipe|Connection reset)/,
      /virNetSocket\w+: .{0,80}(?:No such file|Connection refused|Permission denied)/,
    ],
    cause: 'libvirtd does not run, or does not let this user in',
    remedy: 'systemctl start libvirtd (or virtxend, virtqemud) and join the group libvirt',
    source: 'libvirt src/rpc/virnetsocket.c',
    explains: AFTER,
  },
  'xapi-unreachable': {
    severity: 'hard',
    signs: [
      /(?:You attempted an operation on a host which could not be contacted|HOST_OFFLINE|CANNOT_CONTACT_HOST)/,
      /The host toolstack is still initiali[sz]ing|XAPI.{0,40}(?:not (?:running|responding)|Connection refused)/i,
      /Error: Connection refused \(calling connect/,
    ],
    cause: 'xapi, the toolstack of XenServer and XCP-ng, does not answer',
    remedy: 'xe-toolstack-restart; read /var/log/xensource.log',
    source: 'xapi-project/xen-api ocaml/xe-cli',
    explains: AFTER,
  },
  'missing-directory': {
    severity: 'hard',
    signs: [
      /libxl_?_userdata_store:? cannot write \/\S+.{0,300}No such file or directory/,
      /(?:cannot (?:create|open|write)|unable to (?:open|create)|could not (?:open|create)).{0,40}(?:\/var\/(?:run|lib|lock|log)|\/run)\/(?:xen|xl|lock)\S*.{0,40}No such file or directory/i,
      /cannot save config file: No such file or directory/,
    ],
    cause: "a directory that Xen's tools write to is missing in dom0",
    remedy: 'make /var/lib/xen, /var/run/xen, /var/log/xen and /var/lock',
    source: 'https://github.com/GaloisInc/HaLVM/issues/60; https://github.com/xapi-project/xenopsd/pull/81',
    explains: AFTER,
  },
  'interface-version-mismatch': {
    severity: 'hard',
    signs: [
      /(?:xc|libxl|xl|xencall): .{0,120}(?:[Ii]nterface version mismatch|version mismatch|bad interface version)/,
      /(?:13|22) = .{0,30}interface version/,
    ],
    cause: "Xen's tools are of another version than the Xen that runs",
    remedy: 'install xen-utils of the version of the hypervisor, or reboot into the one that was installed',
    source: 'Xen tools/libs/ctrl',
    explains: AFTER,
  },
  'no-room-to-save': {
    severity: 'hard',
    signs: [
      /\bxc: error: .{0,120}\(28 = No space left on device\)/,
      /\blibxl: error: .{0,40}libxl_(?:stream_write|dom_save|save)\w*\.c.{0,200}No space left on device/,
    ],
    cause: 'the disk of dom0 has no room for the file that a guest is saved to: all of its memory',
    remedy:
      'make room, name a file on another disk (guest.save({ file })), or save a guest with less memory; it runs on meanwhile',
    source: 'Xen tools/libs/saverestore/xg_sr_save.c; measured with xl 4.17',
    explains: ['migration-failed'],
  },
  'migration-failed': {
    severity: 'hard',
    signs: [
      /migration (?:sender|target|receiver)(?: stream)?: .{0,120}(?:fail|error|code -?\d)/i,
      /(?:xc: error|libxl: error|xc: panic): .{0,120}(?:Save|Restore|save|restore|suspend) fail/,
      /(?:libxl_domain_suspend|xc_domain_(?:save|restore)|libxl__stream_read|libxl__xc_domain_restore)\b.{0,100}(?:fail|error|rc ?= ?-)/i,
      /guest (?:didn't|did not) acknowledge suspend/,
      /Failed to (?:save|restore|suspend|migrate) (?:domain|guest)/i,
    ],
    cause: 'a guest could not be saved, restored or moved',
    remedy:
      'see that the guest has its suspend driver, the target the same CPU features and enough memory, and room on the disk',
    source: 'Xen tools/libs/light/libxl_dom_save.c, tools/libs/saverestore',
  },
  'guest-agent-timeout': {
    severity: 'hard',
    signs: [
      /Cannot connect to qrexec agent for \d+ seconds/,
      /qrexec-daemon (?:startup failed|exited)/i,
      /(?:VM|guest|domain) .{0,60}(?:failed to boot|did not (?:boot|respond)) (?:with)?in \d+/i,
    ],
    cause: 'the guest was started, and its agent did not report in time',
    remedy: "read the guest's own console: its boot failed or is slow",
    source: 'QubesOS qubes-core-qrexec',
  },
  // Told by the harness, which asks for the state of a guest that says nothing.
  'guest-paused': {
    severity: 'fatal',
    cause: 'the guest is paused, so it can say nothing',
    remedy:
      'let it run: xl unpause NAME; xl create -p leaves it paused, and so does a toolstack that was cut off',
    source: 'src/harness/xen/silence.ts; xl(1) list',
  },
  'guest-gone': {
    severity: 'fatal',
    cause: 'the guest is not there any more: it has ended, and the toolstack has cleaned up after it',
    remedy: 'on_crash="preserve" keeps one that crashes; /var/log/xen/xl-NAME.log in dom0 says why it ended',
    source: 'src/harness/xen/silence.ts',
  },
  'domain-not-found': {
    severity: 'soft',
    signs: [
      /\S+ is an invalid domain identifier/,
      /Error: (?:Domain '[^'\n]+' does not exist|<Fault 3: )/,
      /(?:Non-existant|non-existant|Non-existent) domain/,
    ],
    cause: 'a guest of this name or number does not exist (any more)',
    remedy: 'look at xl list; /var/log/xen/xl-NAME.log says why it ended',
    source: 'Xen tools/xl/xl_utils.c; tools/libs/light/libxl_domain.c',
  },
});
