/**
 * A machine as the guest sees it, whoever's computer it is on: no names, no folders, no descriptors. Two specs that
 * differ in those only are one machine, and what was saved of one can be restored for the other.
 */
import { FIRMWARE_CONSOLE } from '../console/port.ts';
import type { Image } from '../image/image.ts';
import { qemuArgv } from '../qemu/argv.ts';
import type { MachineSpec } from '../qemu/spec.ts';
import { inheritedWires } from '../qemu/wires.ts';
import type { Json } from './canonical-json.ts';

export interface NormalMachine {
  readonly spec: Record<string, Json>;
  readonly argv: string[];
}

/**
 * The parts of a key that tell the machine. Files are named as the image names them; their bytes are in its digest.
 * @param hostCpu under KVM the host's own processor shows through.
 */
export function normalMachine(spec: MachineSpec, image: Image, hostCpu?: string): NormalMachine {
  const names = new Map(Object.entries(image.files).map(([name, path]) => [path, name]));
  const named = (path: string) => names.get(path) ?? 'overlay';
  const { boot } = spec;
  const normal: MachineSpec = {
    ...spec,
    name: 'machine',
    disks: spec.disks.map(({ file, format }) => ({ file: named(file), format })),
    ...(boot.from === 'kernel' && {
      boot: {
        ...boot,
        kernel: named(boot.kernel),
        modules: boot.modules.map((module) => ({ ...module, file: named(module.file) })),
      },
    }),
    ...(spec.cdrom !== undefined && { cdrom: named(spec.cdrom) }),
  };
  const consoles = [FIRMWARE_CONSOLE, ...Object.keys(spec.consoles)];
  const descriptors = consoles.map((name, index) => [name, 4 + index] as const);
  const sockets = { qmp: 3, consoles: new Map(descriptors), cable: 4 + consoles.length };
  const { name: _, ...guestVisible } = normal;
  return {
    spec: {
      ...(JSON.parse(JSON.stringify(guestVisible)) as Record<string, Json>),
      ...(image.spec.disk && spec.disks.length > 0 && { bootDisk: image.spec.disk.file }),
      ...(hostCpu !== undefined && { hostCpu }),
    },
    argv: qemuArgv(
      normal,
      inheritedWires(sockets, (console) => `${console}.log`),
    ),
  };
}
