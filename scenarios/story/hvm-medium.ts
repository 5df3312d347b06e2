/**
 * A PC with a medium in its drive: an HVM guest that boots from a CD or disk of any size. The medium is a disk of the
 * machine, so that it is neither copied nor written to, and dom0 hands it on. Its boot loader speaks on the display.
 */
import {
  findImage,
  type GuestConfig,
  type Image,
  type Launch,
  openDom0,
  type XenGuest,
} from '../../src/harness/index.ts';
import { diskDrivers } from './guest-disk.ts';

export const MINUTE = 60_000;
/** A kernel that the device model reads from a CD, sector by sector: minutes of silence. */
export const PATIENCE = { timeout: 20 * MINUTE, silentFor: 3 * MINUTE };
/** Until the BIOS has found the medium, and a loader has shown itself. */
export const LOADER = { timeout: 10 * MINUTE };

/** dom0's name for the machine's first disk. */
const MEDIUM = '/dev/vda';

/** Boots the medium of this image, as a CD where it is one. */
export async function bootMedium(launch: Launch, image: string, memory = 256): Promise<XenGuest> {
  const medium = await findImage(image);
  const machine = await launch('hvm-dom0', { disks: [{ image }] });
  const dom0 = await openDom0(machine);
  await diskDrivers(dom0);
  return dom0.guest({ name: image, type: 'hvm', memory, ...driveWith(medium) });
}

function driveWith({
  spec: { cdrom },
}: Image): Pick<GuestConfig, 'disk' | 'boot' | 'diskController' | 'settings'> {
  const settings = { vga: 'stdvga', vnc: 0, usb: 0 };
  if (cdrom !== undefined) return { disk: `phy:${MEDIUM},hdc:cdrom,r`, boot: 'd', settings };
  // By AHCI SeaBIOS reads it six times as fast as by IDE; a CD is always on IDE.
  return { disk: `phy:${MEDIUM},hda,w`, boot: 'c', diskController: 'ahci', settings };
}
