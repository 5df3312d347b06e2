/** A guest's configuration as data, and as the text that `xl` reads: xl.cfg(5). */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ScenarioError } from '../../errors.ts';

/** One line of text for a string of xl.cfg, in which a control character has no place. */
const Text = z
  .string()
  .regex(/^[^\u0000-\u001f\u007f]*$/u, 'must be one line without control characters')
  .max(1023, 'Xen hands a guest at most 1023 characters');
/** A file of dom0. */
const Path = Text.startsWith('/', 'must be a full path in dom0');
/** One, or several. */
const Texts = z.union([Text.transform((one) => [one]), z.array(Text)]).default([]);

/** The settings that are fields of their own, or are made from them. */
const OWN_SETTINGS = [
  ...['name', 'uuid', 'type', 'kernel', 'ramdisk', 'extra', 'memory', 'maxmem', 'vcpus', 'maxvcpus'],
  ...['disk', 'vif', 'on_crash', 'boot', 'serial', 'hdtype'],
];
/** What a guest has that is a whole PC, and no other. */
const OF_A_PC = ['boot', 'serial', 'diskController'] as const;
/** A screen costs a graphics card and a server for it: for whoever names a card. */
const NO_SCREEN = { vga: 'none', vnc: 0, nographic: 1 };

const SETTING_NAME = /^[a-z][a-z0-9_]*$/;
const Setting = z.union([Text, z.int(), z.array(Text)]);
const Settings = z.record(z.string(), Setting).superRefine((settings, issue) => {
  for (const name of Object.keys(settings)) {
    const refuse = (message: string) => issue.addIssue({ code: 'custom', message, path: [name] });
    if (!SETTING_NAME.test(name)) refuse('is no name of a setting of xl.cfg(5)');
    if (OWN_SETTINGS.includes(name)) refuse('is a field of its own');
  }
});

const Fields = z.strictObject({
  /** Also the name of the file in dom0, and a word of commands there. */
  name: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9_.-]{0,60}$/,
      'must be a word of letters, digits, "_", "-" and ".", 61 at most',
    ),
  type: z.enum(['pv', 'pvh', 'hvm']).default('pv'),
  kernel: Path.optional(),
  ramdisk: Path.optional(),
  /** The guest's kernel command line. */
  extra: Text.optional(),
  /** MiB. */
  memory: z.int().positive(),
  /** MiB that `setMemory` can give it. Default: what it has. */
  maxMemory: z.int().positive().optional(),
  vcpus: z.int().positive().default(1),
  /** How many `setVcpus` can give it. Default: those that it has. */
  maxVcpus: z.int().positive().optional(),
  /** As in xl-disk-configuration(5): `/root/disk.img,raw,xvda,w`. */
  disk: Texts,
  /** As in xl-network-configuration(5): `bridge=xenbr0`. */
  vif: Texts,
  /** Of an HVM guest: what its BIOS boots from, in this order: `c` a disk, `d` a CD, `n` the network. xl's default: `cd`. */
  boot: z
    .string()
    .regex(/^[acdn]{1,4}$/, 'must be of the letters "c" (disk), "d" (CD) and "n" (network)')
    .optional(),
  /** Of an HVM guest: its serial port. `pty`: that is its console (default); `null`: its console is Xen's own, hvc0. */
  serial: z.enum(['pty', 'null']).optional(),
  /** Of an HVM guest: what its BIOS reads disks with. xl's default is `ide`; SeaBIOS takes six times as long with it. */
  diskController: z.enum(['ide', 'ahci']).optional(),
  /** What becomes of it when it crashes; xl's own default is `destroy`. */
  onCrash: z.enum(['destroy', 'restart', 'preserve']).optional(),
  /** Any other settings of xl.cfg(5), by their names there: `{ firmware: 'ovmf', usb: 1 }`. */
  settings: Settings.default({}),
});

export const GuestConfig = Fields.superRefine((config, issue) => {
  const refuse = (field: string, message: string) =>
    issue.addIssue({ code: 'custom', message, path: [field] });
  const { type, kernel, settings } = config;
  if (type === 'hvm') return;
  for (const field of OF_A_PC)
    if (config[field] !== undefined) refuse(field, `a ${type} guest has none: that takes type: 'hvm'`);
  // Xen starts it from a kernel, and has no BIOS that could find one on its disk.
  if (kernel === undefined && settings.bootloader === undefined && settings.firmware === undefined)
    refuse('kernel', `a ${type} guest needs one: of Linux, say, or of a GRUB that reads its disk`);
});

/** What a scenario writes. */
export type GuestConfig = z.input<typeof GuestConfig>;

/** xlu_cfg's strings know backslash escapes; a quote or backslash of the text gets one. */
function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** @throws ScenarioError naming the field that is wrong. */
export function checkedGuestConfig(given: GuestConfig): z.output<typeof GuestConfig> {
  const result = GuestConfig.safeParse(given);
  if (result.success) return result.data;
  throw new ScenarioError(`the guest's configuration is not right:\n${z.prettifyError(result.error)}`);
}

/**
 * The text of the configuration, a setting on a line. Two settings are not asked for: a UUID made from the name, as
 * xl waits 3 s for entropy to make one, and `tsc_mode`, without which a PV guest calibrates its clock for 7 s under
 * emulation. An HVM guest gets a serial port, which is its console, and no screen unless `settings` names a `vga`.
 * @throws ScenarioError naming the field that is wrong.
 */
export function guestConfigText(given: GuestConfig): string {
  const config = checkedGuestConfig(given);
  const { name, type, disk, vif, serial = 'pty' } = config;
  const lists = { ...(disk.length > 0 && { disk }), ...(vif.length > 0 && { vif }) };
  const all = {
    name,
    uuid: uuidOf(name),
    type,
    memory: config.memory,
    maxmem: config.maxMemory,
    vcpus: config.vcpus,
    maxvcpus: config.maxVcpus,
    kernel: config.kernel,
    ramdisk: config.ramdisk,
    extra: config.extra,
    ...lists,
    on_crash: config.onCrash,
    tsc_mode: 'native',
    ...(type === 'hvm' && { boot: config.boot, serial, hdtype: config.diskController }),
    ...(type === 'hvm' && config.settings.vga === undefined && NO_SCREEN),
    ...config.settings,
  };
  return Object.entries(all)
    .flatMap(([key, value]) => (value === undefined ? [] : `${key} = ${valueText(value)}\n`))
    .join('');
}

function valueText(value: z.output<typeof Setting>): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? quoted(value) : `[ ${value.map(quoted).join(', ')} ]`;
}

function uuidOf(name: string): string {
  const hex = createHash('sha256').update(`domes guest ${name}`).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
