/** What a file that somebody has named is, by its first bytes: a download that went wrong is found out before a boot. */
import { open } from 'node:fs/promises';
import { constants, gunzipSync } from 'node:zlib';
import type { ImageSpec } from './manifest.ts';

const HEAD_BYTES = 64 * 1024;

const ELF = Buffer.from('\x7fELF', 'latin1');
const GZIP = Buffer.from([0x1f, 0x8b]);
/** How files are packed, and what unpacks them. */
const PACKED: readonly (readonly [name: string, program: string, magic: Buffer])[] = [
  ['gzip', 'gunzip', GZIP],
  ['xz', 'unxz', Buffer.from('\xfd7zXZ\0', 'latin1')],
  ['bzip2', 'bunzip2', Buffer.from('BZh')],
  ['zstd', 'unzstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
  ['zip', 'unzip', Buffer.from('PK\x03\x04', 'latin1')],
];
/** Linux Documentation/arch/x86/boot.rst: the magic number of a bzImage. */
const BZIMAGE_AT = 0x202;
const BZIMAGE = Buffer.from('HdrS');

/** ELF's e_machine, at this place: a number of 16 bits. Linux include/uapi/linux/elf-em.h. */
const MACHINE_AT = 18;
const PC_MACHINES = [3, 62];
const OTHER_MACHINES = new Map([
  [8, 'MIPS'],
  [20, 'PowerPC'],
  [21, 'PowerPC'],
  [40, 'ARM'],
  [43, 'SPARC'],
  [183, 'ARM'],
  [243, 'RISC-V'],
]);
/** ISO 9660: the first descriptor is in the 17th sector. */
const CD_AT = 0x8001;
const CD = Buffer.from('CD001');

const AGAIN = 'download it again, and compare its digest with the one that its distributor gives';
const MEDIUM = 'name the file that the kernel came from: an .iso, or the image of a disk';
const KERNEL = 'name a kernel that is in it (FreeBSD: /boot/kernel/kernel)';

export interface WrongContent {
  /** `is empty`, `is a web page`. */
  readonly why: string;
  readonly next: string;
}

/** Why the file can't be what the image's description says it is; `undefined` when it may be that. */
export async function wrongContent(
  path: string,
  { kernel }: Pick<ImageSpec, 'kernel'>,
): Promise<WrongContent | undefined> {
  const head = await headOf(path);
  if (head.length === 0) return { why: 'is empty', next: AGAIN };
  if (/^\s*<(?:!doctype html|html)\b/i.test(head.subarray(0, 200).toString('latin1')))
    return { why: 'is a web page, not the file that it is named after', next: AGAIN };
  const packed = PACKED.find(([, , magic]) => begins(head, magic));
  // Of a kernel Xen's toolstack unpacks a gzip: xen tools/libs/guest/xg_dom_core.c. A disk nobody unpacks.
  if (packed && !(kernel !== undefined && packed[0] === 'gzip'))
    return {
      why: `is packed (${packed[0]})`,
      next: nextOfPacked(path, packed[1]),
    };
  if (kernel === undefined)
    return begins(head, ELF) ? { why: 'is a kernel, and no disk or CD', next: MEDIUM } : undefined;
  if (begins(head.subarray(CD_AT), CD)) return { why: 'is a CD, and no kernel', next: KERNEL };
  const whole = packed ? unpacked(head) : head;
  if (isKernel(whole)) return otherProcessor(whole);
  const what = packed ? 'a gzip of something else' : 'neither an ELF file, nor a bzImage, nor a gzip of one';
  return { why: `is no kernel: it is ${what}`, next: AGAIN };
}

function otherProcessor(kernel: Buffer): WrongContent | undefined {
  if (!begins(kernel, ELF)) return undefined;
  const machine = kernel.readUInt16LE(MACHINE_AT);
  if (PC_MACHINES.includes(machine)) return undefined;
  const name = OTHER_MACHINES.get(machine) ?? `number ${machine}`;
  return { why: `is a kernel for another processor (${name})`, next: 'take the one for amd64 (x86-64)' };
}

function nextOfPacked(path: string, program: string): string {
  // Of FreeBSD's sets of files one has the kernel; usr.sbin/bsdinstall and release/Makefile name them.
  const set = /^(.*)(?:base|kernel)\.txz$/.exec(path);
  if (set) return `run: tar -xf ${set[1]}kernel.txz ./boot/kernel/kernel; and name boot/kernel/kernel`;
  const unpack = /\.(?:t[gx]z|tar\.\w+)$/.test(path) ? 'tar -xf' : program;
  return `run: ${unpack} ${path}; and name the file in it`;
}

function isKernel(head: Buffer): boolean {
  return begins(head, ELF) || begins(head.subarray(BZIMAGE_AT), BZIMAGE);
}

function begins(bytes: Buffer, magic: Buffer): boolean {
  return bytes.subarray(0, magic.length).equals(magic);
}

/** What the first bytes of a gzip are unpacked; nothing when they are damaged. */
function unpacked(head: Buffer): Buffer {
  try {
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return Buffer.alloc(0);
  }
}

async function headOf(path: string): Promise<Buffer> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
  return buffer.subarray(0, bytesRead);
}
