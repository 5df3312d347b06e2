/** QEMU's own messages on its standard error, and what the harness sees of its end. */
import { classesOf } from '../failure-class.ts';

/** `qemu-system-x86_64: -drive file=…: `, or the name under which it was started. */
const QEMU = String.raw`^(?:.{0,80}[\s\]:])?(?:\S*\/)?(?:qemu(?:-[\w.-]+)?|kvm|qemu-kvm)(?:\[\d+\])?: (?:.{0,400}: ?)?`;

function qemu(text: string): RegExp {
  return new RegExp(`${QEMU}(?:${text})`);
}

export const EMULATOR = classesOf('emulator', {
  'image-locked': {
    severity: 'fatal',
    signs: [
      /Failed to get (?:shared )?"(?:write|consistent read|resize)" lock/,
      /Is another process using the image/,
    ],
    cause: 'another QEMU has the image open',
    remedy: 'end it, or start from an overlay of your own (qemu-img create -b)',
    source: 'QEMU block/file-posix.c raw_check_lock_bytes()',
    explains: ['failed', 'disk-open-failed'],
  },
  'image-corrupt': {
    severity: 'fatal',
    signs: [
      /qcow2: (?:Marking image as corrupt|Image is corrupt)/,
      /[Ii]mage is corrupt[;:]? ?(?:cannot be opened|L[12] table|Marking)/,
      /Image is not in (?:qcow2|qcow|vmdk|vdi|qed|vhdx|vpc|raw) format/,
      /(?:L[12] table|Refcount table|refcount block) .{0,40}(?:invalid|unaligned|corrupt)/i,
    ],
    cause: 'the disk image is damaged, or of another format than QEMU was told',
    remedy: 'qemu-img check it; name its format (format=qcow2); begin again from the pristine image',
    source: 'QEMU block/qcow2.c',
    explains: ['failed', 'disk-open-failed'],
  },
  'disk-open-failed': {
    severity: 'fatal',
    signs: [
      /Could not open (?:backing file|')[^\n]{0,400}: (?:No such file or directory|Permission denied|Is a directory|No such device)/,
      /Could not open backing (?:file|image)/,
      qemu('(?:[Cc]ould not|[Cc]annot|[Uu]nable to) open disk(?: image)? '),
      qemu("Could not open '"),
    ],
    cause: 'QEMU could not open a disk image, or the backing file of one',
    remedy: 'check the path and who may read it; qemu-img info --backing-chain shows what an overlay needs',
    source: 'QEMU block.c bdrv_open_common()',
    explains: ['failed'],
  },
  'kvm-not-available': {
    severity: 'fatal',
    signs: [
      /Could not access KVM kernel module: /,
      /failed to initiali[sz]e kvm: /i,
      /(?:no accelerator found|[Nn]o accelerators? .{0,20}available|invalid accelerator kvm|accelerator .?kvm.? (?:is )?not )/,
      /KVM (?:is not available|acceleration (?:can ?NOT|cannot) be used|virtual machine acceleration .{0,40}not)/,
      /CPU model 'host' requires KVM|'host' CPU .{0,40}requires (?:the use of )?KVM/i,
      /\bkvm: (?:disabled by (?:bios|BIOS)|no hardware support)/,
    ],
    cause: 'QEMU was told to use KVM, and this host has none that works',
    remedy: 'use tcg (DOMES_ACCELERATOR=tcg), or turn VT-x or AMD-V on and join the group kvm',
    source: 'QEMU accel/kvm/kvm-all.c; Linux arch/x86/kvm',
    explains: ['failed'],
  },
  'kvm-failed': {
    severity: 'fatal',
    signs: [
      /KVM internal error\. Suberror: \d/,
      /error: kvm run failed /,
      /KVM: entry failed, hardware error 0x/,
      /kvm_(?:init_vcpu|run).{0,40}failed/,
    ],
    cause: "the host's KVM could not run the guest's processor",
    remedy: 'use tcg; nested KVM often fails so; try another CPU model',
    source: 'QEMU accel/kvm/kvm-all.c kvm_cpu_exec()',
    explains: ['failed'],
  },
  'out-of-memory': {
    severity: 'fatal',
    signs: [
      /cannot set up guest memory '[^'\n]+': /,
      qemu('(?:[Cc]annot|[Ff]ailed to) allocate memory|unable to map backing store'),
      /os_mem_prealloc: |qemu_mem_prealloc: /,
    ],
    cause: 'the host has too little memory for the machine',
    remedy: 'give the machine less (memoryMiB), or end others on this host',
    source: 'QEMU softmmu/physmem.c',
    explains: ['failed'],
  },
  'machine-unsupported': {
    severity: 'fatal',
    signs: [
      /[Uu]nsupported machine type\b/,
      /Use -machine help to list supported machines/,
      /unable to find CPU model '/,
      /'[^'\n]+' is not a valid device model name/,
      /(?:Device|Bus) '[^'\n]+' not found|No '[^'\n]+' bus found for device/,
    ],
    cause: 'this QEMU does not know the machine type, CPU model or device that it was told to emulate',
    remedy: 'choose one of -machine help, -cpu help, -device help; install the QEMU package that has it',
    source: 'QEMU softmmu/vl.c, qdev-monitor.c',
    explains: ['failed'],
  },
  'invalid-option': {
    severity: 'fatal',
    signs: [
      qemu(
        "(?:invalid option|Invalid parameter '|Parameter '[^']+' expects|requires an argument|unknown option|there is no )",
      ),
      /Property '[^'\n]+' (?:not found|doesn't take)/,
      qemu('Device needs media, but drive is empty|drive with bus=|Duplicate ID|.{0,60}is already in use'),
    ],
    cause: "QEMU's command line is wrong",
    remedy: 'its own words name the option; the arguments are in the run record',
    source: 'QEMU softmmu/vl.c, util/qemu-option.c',
    explains: ['failed'],
  },
  'firmware-file-missing': {
    severity: 'fatal',
    signs: [
      /failed to find romfile "/,
      /[Cc]ould not load (?:PC BIOS|VGA BIOS|ROM|option rom|OVMF|the firmware) ?'?/,
      /could not read keymap file/i,
    ],
    cause: 'a firmware or ROM file that QEMU needs is not installed',
    remedy: 'install seabios, ovmf, ipxe-qemu or qemu-system-data (npx domes doctor names what is missing)',
    source: 'QEMU hw/core/loader.c, hw/i386/x86.c',
    explains: ['failed'],
  },
  'kernel-load-failed': {
    severity: 'fatal',
    signs: [
      qemu(
        '(?:[Cc]ould not|[Ff]ailed to|error) (?:open|load|read(?:ing)?) (?:the )?(?:kernel|initrd|initial ram disk|multiboot|device tree)',
      ),
      /Error loading uncompressed kernel without PVH ELF Note/,
      /linux kernel too old to load a ram disk/,
      qemu('(?:invalid kernel|Cannot load x86-64 image, give a 32bit one)'),
    ],
    cause: 'QEMU could not load what -kernel or -initrd names',
    remedy: 'check the file: a bzImage, or for Xen a gunzipped 32-bit multiboot ELF',
    source: 'QEMU hw/i386/x86.c, hw/i386/multiboot.c',
    explains: ['failed'],
  },
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
    explains: ['failed'],
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
    explains: ['failed'],
  },
  'display-failed': {
    severity: 'fatal',
    signs: [
      /gtk initialization failed/,
      /Could not initialize SDL\(/,
      qemu("(?:Display '\\w+' is not available|OpenGL support (?:is|was) not)"),
    ],
    cause: 'QEMU was told to open a window, and there is no display',
    remedy: 'start it with -display none',
    source: 'QEMU ui/gtk.c, ui/sdl2.c',
    explains: ['failed'],
  },
  'snapshot-failed': {
    severity: 'hard',
    signs: [
      /Device '[^'\n]+' is writable but does not support snapshots/,
      /(?:Snapshot '[^'\n]+' does not exist in one or more devices|does not have the requested snapshot)/,
      /load of migration failed: /,
      /(?:Unknown savevm section or instance|Missing section footer|Not a migration stream|Unsupported migration stream version)/,
      qemu('Error -?\\d+ while (?:loading|writing) VM'),
    ],
    cause: 'a saved state could not be written, or does not fit this machine',
    remedy:
      'restore with the QEMU, machine type, CPU and devices it was saved with; every writable disk must be qcow2',
    source: 'QEMU migration/savevm.c',
    explains: ['failed'],
  },
  'host-disk-full': {
    severity: 'fatal',
    signs: [
      /block I\/O error in device '[^'\n]*': No space left on device/,
      qemu('[^\\n]{0,200}No space left on device'),
    ],
    cause: "the host's disk is full, and the guest's with it",
    remedy: 'make room (npx domes images prune); QEMU goes on after cont',
    source: 'QEMU block/block-backend.c',
    explains: ['disk-io-error', 'filesystem-corrupt', 'failed'],
  },
  crashed: {
    severity: 'fatal',
    signs: [
      /qemu: uncaught target signal \d+/,
      qemu("[^\\n]{0,300}Assertion [`'][^\\n]{1,300}' failed"),
      /qemu: (?:fatal|hardware error): /,
      /ERROR:\S{1,200}\.c(?::\d+){1,2}:\w+: (?:assertion failed|code should not be reached)/,
      /Trying to execute code outside RAM or ROM at 0x/,
    ],
    cause: 'QEMU itself crashed, or the emulated program did',
    remedy: 'try another version of QEMU, another machine type, and -accel tcg,thread=single',
    source: 'QEMU linux-user/signal.c, softmmu/cpus.c',
    explains: ['failed'],
  },
  terminated: {
    severity: 'soft',
    signs: [/terminating on signal \d+(?: from pid \d+)?/],
    cause: 'QEMU was told to end by a signal',
    remedy: 'look who sent it: the harness at the end of a run, a person, a time limit',
    source: 'QEMU softmmu/runstate.c qemu_kill_report()',
  },
});
