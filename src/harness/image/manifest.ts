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

/** A file on a CD may be in a folder there. */
const FilePath = z
  .string()
  .regex(
    /^(?:[A-Za-z0-9_-]+\/)*[A-Za-z0-9][A-Za-z0-9._+-]*$/,
    'expected a file name: letters, digits, ". _ + -"; on a CD with the folders before it',
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
  /** The files are on the image's CD, from where they are taken when a machine is launched. */
  onCdrom: z.boolean().optional(),
  kernel: FilePath,
  append: z.string().default(''),
  modules: z.array(exactObject({ file: FilePath, append: z.string().default('') })).default([]),
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
  /** `isolated`: a network with nothing in it but the machine's own web server; so where the image serves something. */
  network: z.enum(['none', 'isolated']).optional(),
  /** `vga`: a screen beside the consoles. */
  display: z.enum(['none', 'vga']).optional(),
});

/** A part of a web address: it is typed by people and stands in the guest's configuration. */
export const ServedName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]*$/, 'expected a plain name: lower-case letters, digits, ". _ -"');

const Source = z.discriminatedUnion('kind', [
  /** Built here from distribution packages; `recipe` is a folder, relative to the manifest. */
  exactObject({ kind: z.literal('recipe'), recipe: z.string().min(1) }),
  /**
   * Downloaded once, over http or https; `sha256` is what its distributor has signed. Without it the image is known
   * and nothing is downloaded: it is for the user to say which bytes are the right ones.
   */
  exactObject({
    kind: z.literal('url'),
    url: z.url({ protocol: /^https?$/, error: 'expected an address that starts with https:// or http://' }),
    sha256: Sha256.optional(),
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
  /** A kernel that no machine boots, but a guest in one: `files` of launch puts it there. */
  kernel: FileName.optional(),
  direct: DirectBoot.optional(),
  /** Its disk boots no machine, but a guest in one: `disks` of launch puts it there. */
  forGuests: z.literal(true).optional(),
  /** Name → tar: its contents are served to the guest as `http://10.0.2.100/NAME/`, a copy for each machine. */
  serves: z.record(ServedName, FileName).optional(),
  machine: MachineDefaults.default({}),
}).superRefine((spec, issue) => {
  if (!spec.disk && !spec.cdrom && !spec.direct && !spec.kernel)
    issue.addIssue('expected a way to boot it: disk, cdrom or direct');
  if (spec.direct?.onCdrom && !spec.cdrom)
    issue.addIssue({ code: 'custom', path: ['direct', 'onCdrom'], message: 'this image has no cdrom' });
  if (spec.source.kind === 'recipe') return;
  if (spec.direct && !spec.direct.onCdrom)
    issue.addIssue({
      code: 'custom',
      path: ['direct'],
      message: 'only an image made by a recipe has a kernel file, or one whose kernel is onCdrom',
    });
  if (spec.serves)
    issue.addIssue({ code: 'custom', path: ['serves'], message: 'only an image made by a recipe has a tar' });
  if (spec.disk && spec.cdrom)
    issue.addIssue({
      code: 'custom',
      path: ['cdrom'],
      message: 'this image is one file: either disk or cdrom',
    });
  if (spec.kernel && (spec.disk || spec.cdrom))
    issue.addIssue({
      code: 'custom',
      path: ['kernel'],
      message: 'this image is one file: a kernel is all of it',
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
export function singleFile({ disk, cdrom, kernel }: ImageSpec): string {
  return (disk?.file ?? cdrom ?? kernel) as string;
}
