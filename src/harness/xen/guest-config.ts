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

export const GuestConfig = z.strictObject({
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
  memoryMiB: z.int().positive(),
  vcpus: z.int().positive().default(1),
  /** As in xl-disk-configuration(5): `/root/disk.img,raw,xvda,w`. */
  disk: z.array(Text).default([]),
  /** As in xl-network-configuration(5): `bridge=xenbr0`. */
  vif: z.array(Text).default([]),
  /** What becomes of it when it crashes; xl's own default is `destroy`. */
  onCrash: z.enum(['destroy', 'restart', 'preserve']).optional(),
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
 * emulation.
 * @throws ScenarioError naming the field that is wrong.
 */
export function guestConfigText(given: GuestConfig): string {
  const { name, type, kernel, ramdisk, extra, memoryMiB, vcpus, disk, vif, onCrash } =
    checkedGuestConfig(given);
  const text = (key: string, value: string | undefined) =>
    value === undefined ? [] : [`${key} = ${quoted(value)}`];
  const list = (key: string, values: readonly string[]) =>
    values.length === 0 ? [] : [`${key} = [ ${values.map(quoted).join(', ')} ]`];
  const lines = [
    ...text('name', name),
    ...text('uuid', uuidOf(name)),
    ...text('type', type),
    `memory = ${memoryMiB}`,
    `vcpus = ${vcpus}`,
    ...text('kernel', kernel),
    ...text('ramdisk', ramdisk),
    ...text('extra', extra),
    ...list('disk', disk),
    ...list('vif', vif),
    ...text('on_crash', onCrash),
    ...text('tsc_mode', 'native'),
  ];
  return `${lines.join('\n')}\n`;
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
