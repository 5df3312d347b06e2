/**
 * Is a paravirtualised guest faster than one with hardware's help? The same kernel and userspace as both, from one
 * checkpoint of a dom0 whose time is counted in instructions, side by side.
 */
import {
  beforeAll,
  checkpoint,
  type Dom0,
  expect,
  openDom0,
  test,
  type XenGuest,
} from '../src/harness/index.ts';
import { STANDARD } from './guests-never-booted/faults.ts';
import { HVM, HVM_PATIENCE } from './story/hvm-guest.ts';

// A pinned machine runs on this host.
beforeAll(() => {
  delete process.env.DOMES_HOST;
});

/** What TCG emulates of it: AMD's SVM, with nested paging. */
const WITH_HELP = 'qemu64,+svm,+npt,+rdrand';

const dom0WithHelp = checkpoint(
  'dom0-with-help',
  {
    image: 'slim-dom0',
    launch: { boot: 'direct', determinism: 'pinned', machine: { cpu: WITH_HELP } },
  },
  async (machine) => {
    await openDom0(machine);
  },
);

/** The same, with a device model: an HVM guest takes a minute, so it is the night's. */
const dom0WithDeviceModel = checkpoint(
  'dom0-with-device-model',
  { image: 'hvm-dom0', launch: { determinism: 'pinned' } },
  async (machine) => {
    await openDom0(machine);
  },
);

const GUESTS = [
  { from: dom0WithHelp, config: { ...STANDARD, type: 'pv' } },
  { from: dom0WithHelp, config: { ...STANDARD, type: 'pvh' } },
  ...(process.env.DOMES_NIGHTLY === '1' ? [{ from: dom0WithDeviceModel, config: HVM } as const] : []),
] as const;

/** The unit in which /proc tells when a process was started (USER_HZ). */
const TICK_MS = 10;

/**
 * All in virtual time. Not that of the machine's milestones, which is read a moment after they show: as soon as the guest
 * waits for input nothing runs any more, and a moment is minutes there. The guest's own clock says when it happened.
 */
interface Times {
  readonly type: string;
  /** From the guest kernel's first line to its last, `Run /init`. */
  readonly kernelMs: number;
  /** From that first line to the start of the shell that answers. */
  readonly userspaceMs: number;
  /** The processor time that Xen has given it by then; in tenths of a second. */
  readonly processorMs: number;
}

test('PV and PVH (by night HVM too) boot, and their times are told side by side', {
  timeout: 900_000,
}, async ({ resume, annotate }) => {
  const columns: Times[] = [];
  for (const { from, config } of GUESTS) {
    const type = config.type ?? 'pv';
    await using machine = await resume(from, { name: type });
    const dom0 = await openDom0(machine);
    const guest = await dom0.guest(config);
    const shell = await guest.shell(HVM_PATIENCE);
    expect(await guest.type()).toBe(type);
    expect(await shell.succeed('cat /sys/hypervisor/guest_type')).toBe(type.toUpperCase());
    const times = await timesOf(dom0, guest);
    expect(times.kernelMs).toBeGreaterThan(0);
    expect(times.userspaceMs).toBeGreaterThan(0);
    expect(times.processorMs).toBeGreaterThan(0);
    columns.push(times);
  }
  const table = tableOf(columns);
  console.info(table);
  await annotate(table);
});

async function timesOf(dom0: Dom0, guest: XenGuest): Promise<Times> {
  const processorMs = (await dom0.list()).find(({ id }) => id === guest.domid)?.cpuMs ?? 0;
  const shell = await guest.shell();
  const lastLine = await shell.succeed('dmesg | grep "Run /init"');
  const kernelMs = Math.round(Number(/\[ *(\d+\.\d+)\]/.exec(lastLine)?.[1]) * 1000);
  // Field 22 of proc_pid_stat(5): when it was started.
  const ticks = await shell.succeed('cut -d" " -f22 /proc/$$/stat');
  return { type: await guest.type(), kernelMs, userspaceMs: Number(ticks) * TICK_MS, processorMs };
}

function tableOf(columns: readonly Times[]): string {
  const row = (title: string, cells: readonly (number | string)[]) =>
    title.padEnd(24) + cells.map((cell) => String(cell).padStart(8)).join('');
  return [
    row(
      'virtual time, ms',
      columns.map(({ type }) => type),
    ),
    row(
      'guest-kernel to init',
      columns.map(({ kernelMs }) => kernelMs),
    ),
    row(
      'guest-userspace',
      columns.map(({ userspaceMs }) => userspaceMs),
    ),
    row(
      'processor time of Xen',
      columns.map(({ processorMs }) => processorMs),
    ),
  ].join('\n');
}
