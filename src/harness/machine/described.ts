/** From an image's entry in the manifest and a scenario's wishes to a machine's spec. Makes nothing, touches nothing. */
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { ScenarioError } from '../../errors.ts';
import { DEFAULT_CONSOLES } from '../console/port.ts';
import type { Accelerator } from '../host/accelerator-probe.ts';
import type { Image } from '../image/image.ts';
import type { FileOfImage } from '../image/initramfs-files.ts';
import { ServedName } from '../image/manifest.ts';
import type { Served } from '../network/served-tree.ts';
import { DiskSize } from '../qemu/blank-disk.ts';
import { type Boot, type Determinism, MachineSpec } from '../qemu/spec.ts';
import { withGuestConsoles } from './guest-consoles.ts';

/** What a scenario may say about the machine; the rest comes from the image's entry in the manifest. */
export interface LaunchOptions {
  /**
   * `disk`: firmware and boot loader (default where the image has a disk). `direct`: QEMU loads the kernel (default
   * where it has none). `cdrom`: firmware and the boot loader on the image's CD (default where that is all there is).
   */
  readonly boot?: 'disk' | 'direct' | 'cdrom';
  /** Parts of the machine that differ from the image's defaults: `{ cpu: 'max', memoryMiB: 512 }`. */
  readonly machine?: Partial<
    Pick<
      MachineSpec,
      | 'name'
      | 'type'
      | 'cpu'
      | 'cpus'
      | 'memoryMiB'
      | 'consoles'
      | 'diskBus'
      | 'onReboot'
      | 'network'
      | 'display'
    >
  >;
  /** What is repeatable of the machine's run: see docs/determinism.md. Default: `live`. */
  readonly determinism?: Determinism;
  /** For a direct boot: arguments to add, by the file that they are for: `{ xen: 'noreboot', vmlinuz: 'debug' }`. */
  readonly append?: Readonly<Record<string, string>>;
  /**
   * For a direct boot: files that the initramfs (the last module) has beside its own, by their full paths there, each a
   * file of another image: `{ '/root/netbsd': { image: 'netbsd' } }`, or which of its files: `{ image, file: 'initrd.img' }`.
   */
  readonly files?: Readonly<Record<string, FileOfImage>>;
  /** Disks beside the image's own, gone with the machine: `[{ image: 'debian-guest' }, { blank: '20G' }]`. */
  readonly disks?: readonly ExtraDisk[];
  /**
   * How many of its guests can run at once with a console each: `guest`, `guest-2`, … Default: as the image has it,
   * which is one.
   */
  readonly guestConsoles?: number;
  /** Name → folder that the guest finds at `http://10.0.2.100/NAME/`, beside or instead of what the image serves. */
  readonly serve?: Readonly<Record<string, string>>;
}

const ExtraDisk = z.union(
  [
    /** An overlay on the disk of another image, or on its CD; what that one serves is served too. */
    z.strictObject({ image: z.string().min(1) }),
    z.strictObject({ blank: DiskSize }),
  ],
  { error: () => 'expected { image: "the name of an image" }, or { blank: a size such as "512M" or "20G" }' },
);
export type ExtraDisk = z.infer<typeof ExtraDisk>;

/**
 * The spec of a machine with this image.
 * @param overlay file that the guest's writes will go to, where it boots from the image's disk.
 * @throws ScenarioError for options that the image can't follow.
 */
export function describedMachine(
  image: Image,
  accelerator: Accelerator,
  overlay: string,
  options: LaunchOptions = {},
): MachineSpec {
  const boot = bootOf(image, options);
  const { cdrom } = image.spec;
  const own: MachineSpec['disks'] = boot.from === 'disk' ? [{ file: overlay, format: 'qcow2' }] : [];
  const extra = checked(z.array(ExtraDisk), options.disks ?? [], 'disks').map((disk, index) => ({
    file: join(dirname(overlay), `${'image' in disk ? disk.image : 'blank'}-${index + 1}.qcow2`),
    format: 'qcow2' as const,
  }));
  const isServing = servedBy(image, options).length > 0;
  const spec = checked(
    MachineSpec,
    {
      name: image.name,
      network: isServing ? 'isolated' : 'none',
      ...image.spec.machine,
      ...(options.guestConsoles !== undefined && {
        consoles: withGuestConsoles(image.spec.machine.consoles ?? DEFAULT_CONSOLES, options.guestConsoles),
      }),
      ...options.machine,
      ...(cdrom && boot.from !== 'disk' && { cdrom: image.files[cdrom] }),
      // Counting instructions takes an emulator.
      accelerator: (options.determinism ?? 'live') === 'live' ? accelerator : 'tcg',
      determinism: options.determinism ?? 'live',
      boot,
      disks: [...own, ...extra],
    },
    'machine',
  );
  if (options.serve && spec.network === 'none')
    throw new ScenarioError(`machine "${spec.name}" can't be served anything: its network is "none"`);
  if (spec.diskBus === 'sd' && spec.determinism !== 'pinned')
    throw new ScenarioError(
      `machine "${spec.name}" is ${spec.determinism}, and only a pinned machine has SD cards (diskBus)`,
      { next: "leave out diskBus, or launch it with determinism: 'pinned'" },
    );
  return spec;
}

/** The images whose disks the machine has beside its own. */
export function diskImages({ disks = [] }: Pick<LaunchOptions, 'disks'>): string[] {
  return disks.flatMap((disk) => ('image' in disk ? [disk.image] : []));
}

/** The images that it has a file of. */
export function fileImages({ files = {} }: Pick<LaunchOptions, 'files'>): string[] {
  return Object.values(files).map(({ image }) => image);
}

/** What the machine's web server serves; a folder of the scenario's replaces what an image has under that name. */
export function servedBy(image: Image, { serve = {} }: Pick<LaunchOptions, 'serve'> = {}): Served[] {
  const tars = [...(image.beside ?? []), image].flatMap(({ spec, files }) =>
    Object.entries(spec.serves ?? {}).map(([name, file]) => [name, files[file] as string] as const),
  );
  const unreplaced = [...new Map(tars)].filter(([name]) => !Object.hasOwn(serve, name));
  return [
    ...unreplaced.map(([name, tar]) => ({ name, from: { tar } })),
    ...Object.entries(serve).map(([name, folder]) => ({
      name: checked(ServedName, name, 'serve'),
      from: { folder },
    })),
  ];
}

function checked<T extends z.ZodType>(type: T, given: unknown, field: string): z.output<T> {
  const result = type.safeParse(given);
  if (result.success) return result.data;
  throw new ScenarioError(
    `the machine's description is not right (${field}):\n${z.prettifyError(result.error)}`,
  );
}

function bootOf(image: Image, { boot = defaultBoot(image), append = {} }: LaunchOptions): Boot {
  const { direct, disk } = image.spec;
  if (boot === 'disk') {
    if (!disk) throw new ScenarioError(`image "${image.name}" has no disk to boot from`);
    if (image.spec.forGuests)
      throw new ScenarioError(`image "${image.name}" is the disk of a guest: no machine boots from it`, {
        next:
          `boot a dom0 that has it: launch('slim-dom0', { disks: [{ image: '${image.name}' }] }), ` +
          `or npx domes boot slim-dom0 --disk ${image.name}`,
      });
    return { from: 'disk' };
  }
  if (boot === 'cdrom') {
    if (!image.spec.cdrom) throw new ScenarioError(`image "${image.name}" has no CD to boot from`);
    return { from: 'cdrom' };
  }
  if (!direct) throw new ScenarioError(`image "${image.name}" has no kernel for a direct boot`);
  const known = [direct.kernel, ...direct.modules.map((module) => module.file)];
  const unknown = Object.keys(append).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new ScenarioError(`image "${image.name}" boots no file "${unknown}" (append)`, {
      next: `its files are: ${known.join(', ')}`,
    });
  const loaded = (part: { file: string; append: string }) => ({
    file: image.files[part.file] as string,
    append: [part.append, append[part.file]].filter(Boolean).join(' '),
  });
  const kernel = loaded({ file: direct.kernel, append: direct.append });
  return {
    from: 'kernel',
    kernel: kernel.file,
    append: kernel.append,
    modules: direct.modules.map(loaded),
  };
}

function defaultBoot({ spec }: Image): 'disk' | 'direct' | 'cdrom' {
  if (spec.disk) return 'disk';
  return spec.direct ? 'direct' : 'cdrom';
}
