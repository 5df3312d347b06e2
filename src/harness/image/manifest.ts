/** images.manifest.json: which images there are, where each comes from and how it is booted. */
import { join } from 'node:path';
import { z } from 'zod';
import { ScenarioError } from '../../errors.ts';
import { ConsolePorts } from '../console/port.ts';
import { exactObject, readCheckedJson } from './checked-json.ts';
import { orNearest } from './nearest-name.ts';

export const MANIFEST_FILE = 'images.manifest.json';

const FileName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._+-]*$/,
    'expected a plain file name: letters, digits, ". _ + -", no folders',
  );

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256: 64 digits 0-9 a-f, in lower case');

const DISK_FORMATS = ['raw', 'qcow2'] as const;
export type DiskFormat = (typeof DISK_FORMATS)[number];

/** `"disk.raw"`, or `{ "file": "disk.img", "format": "qcow2" }` where the ending does not say the format. */
const Disk = z.union(
  [
    FileName.transform((file) => ({ file, format: formatByEnding(file) })),
    exactObject({ file: FileName, format: z.enum(DISK_FORMATS) }),
  ],
  { error: 'expected a file name such as "disk.raw", or { "file": "…", "format": "raw" or "qcow2" }' },
);

/** QEMU's direct boot: a Linux kernel with its initrd as the one module, or Xen with dom0's kernel and initrd. */
const DirectBoot = exactObject({
  kernel: FileName,
  append: z.string().default(''),
  modules: z.array(exactObject({ file: FileName, append: z.string().default('') })).default([]),
});

/** What a machine that boots this image has unless a scenario says otherwise. */
const MachineDefaults = exactObject({
  type: z.enum(['pc', 'q35']).optional(),
  /** QEMU's `-cpu`, features included: `qemu64,+svm`. */
  cpu: z.string().min(1).optional(),
  cpus: z.int().min(1).max(16).optional(),
  memoryMiB: z.int().min(32).max(65_536).optional(),
  /** Console name → serial port and role. */
  consoles: ConsolePorts.optional(),
});

const Source = z.discriminatedUnion('kind', [
  /** Built here from distribution packages; `recipe` is a folder, relative to the manifest. */
  exactObject({ kind: z.literal('recipe'), recipe: z.string().min(1) }),
  /** Downloaded once, over http or https. */
  exactObject({
    kind: z.literal('url'),
    url: z.url({ protocol: /^https?$/, error: 'expected an address that starts with https:// or http://' }),
    sha256: Sha256,
    /** Bytes; lets a full disk be noticed before the download. */
    size: z.int().positive().optional(),
  }),
  /** A file of this host, used where it is and never written to; `file` may be relative to the manifest. */
  exactObject({ kind: z.literal('file'), file: z.string().min(1), sha256: Sha256.optional() }),
]);

const ImageSpec = exactObject({
  description: z.string().default(''),
  source: Source,
  disk: Disk.optional(),
  cdrom: FileName.optional(),
  direct: DirectBoot.optional(),
  machine: MachineDefaults.default({}),
}).superRefine((spec, issue) => {
  if (!spec.disk && !spec.cdrom && !spec.direct)
    issue.addIssue('expected a way to boot it: disk, cdrom or direct');
  if (spec.source.kind === 'recipe') return;
  if (spec.direct)
    issue.addIssue({
      code: 'custom',
      path: ['direct'],
      message: 'only an image made by a recipe has a kernel file',
    });
  if (spec.disk && spec.cdrom)
    issue.addIssue({
      code: 'custom',
      path: ['cdrom'],
      message: 'this image is one file: either disk or cdrom',
    });
});

const ImageName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]*$/, 'an image name is of lower-case letters, digits, ". _ -"');

const Manifest = exactObject({ images: z.record(ImageName, ImageSpec) });

export type Manifest = z.output<typeof Manifest>;
export type ImageSpec = z.output<typeof ImageSpec>;

/** The format that a file's ending tells; `raw` unless it says otherwise. */
export function formatByEnding(file: string): DiskFormat {
  return file.endsWith('.qcow2') ? 'qcow2' : 'raw';
}

/** @throws ScenarioError that names the field. */
export function readManifest(root: string): Promise<Manifest> {
  return readCheckedJson(join(root, MANIFEST_FILE), MANIFEST_FILE, Manifest);
}

/** @throws ScenarioError with the nearest right name. */
export function specOf(manifest: Manifest, name: string): ImageSpec {
  const spec = Object.hasOwn(manifest.images, name) ? manifest.images[name] : undefined;
  if (spec) return spec;
  const hint = orNearest(name, Object.keys(manifest.images));
  throw new ScenarioError(`there is no image "${name}" in ${MANIFEST_FILE}${hint}`);
}

/** The one file of an image that is not made by a recipe. */
export function singleFile({ disk, cdrom }: ImageSpec): string {
  return (disk?.file ?? cdrom) as string;
}
