/**
 * The guest's own time, as QEMU counts it: in determinism `pinned` and `recorded` it follows the instructions that
 * the guest has executed, and no busy host changes it. No monitor command of QEMU 7.2 tells it, so it is put together
 * from two of the PC's clocks that run on it: the date to the second, and the ACPI timer, which wraps after 4.69 s.
 */
import { z } from 'zod';
import type { QmpClient } from '../qmp/client.ts';

/** ACPI specification, "Power Management Timer"; it has 24 bits. */
const TIMER_HZ = 3_579_545;
const TIMER_TICKS = 2 ** 24;
/** Where SeaBIOS puts it (src/fw/pciinit.c, PORT_ACPI_PM_BASE + 8); nothing is there before the firmware has run. */
const TIMER_PORT = 0x608;

/** `rtc-time` of the machine, a struct tm. */
const RtcTime = z.object({
  tm_year: z.number(),
  tm_mon: z.number(),
  tm_mday: z.number(),
  tm_hour: z.number(),
  tm_min: z.number(),
  tm_sec: z.number(),
});

/** The date at power-on (`-rtc base=…`). */
const BASE_MS = Date.UTC(2024, 0, 1);

/**
 * ms of virtual time since power-on; `undefined` before the firmware has set up the ACPI timer, or when QEMU is gone.
 * Of a running machine it is the time a moment after the call.
 */
export async function virtualMs(qmp: QmpClient): Promise<number | undefined> {
  try {
    const [date, port] = await Promise.all([
      qmp.execute('qom-get', { path: '/machine', property: 'rtc-time' }),
      qmp.execute('human-monitor-command', { 'command-line': `i /wx ${TIMER_PORT}` }),
    ]);
    const ticks = Number(/= (0x[0-9a-f]+)/.exec(String(port))?.[1]);
    if (Number.isNaN(ticks) || ticks >= TIMER_TICKS) return undefined;
    return joined(secondsOf(RtcTime.parse(date)), ticks);
  } catch {
    return undefined;
  }
}

function secondsOf({ tm_year, tm_mon, tm_mday, tm_hour, tm_min, tm_sec }: z.infer<typeof RtcTime>): number {
  return (Date.UTC(1900 + tm_year, tm_mon, tm_mday, tm_hour, tm_min, tm_sec) - BASE_MS) / 1000;
}

/** The one time with these timer ticks that is nearest to the middle of that second, ms. */
export function joined(seconds: number, ticks: number): number {
  const wrapS = TIMER_TICKS / TIMER_HZ;
  const fractionS = ticks / TIMER_HZ;
  const wraps = Math.max(0, Math.round((seconds + 0.5 - fractionS) / wrapS));
  return (wraps * wrapS + fractionS) * 1000;
}
