import { describe, expect, test } from 'vitest';
import { departure } from './departure.ts';

describe('why a QEMU is gone', () => {
  test.each([
    [{ code: null, signal: 'SIGKILL' } as const, undefined, 'emulator/killed', 'host'],
    [{ code: 1, signal: null }, undefined, 'emulator/failed', 'host'],
    [{ code: 0, signal: null }, 'guest-reset', 'emulator/guest-rebooted', 'guest'],
    [{ code: 0, signal: null }, 'guest-shutdown', 'emulator/guest-powered-off', 'guest'],
    [{ code: 0, signal: null }, 'host-signal', 'emulator/killed', 'host'],
    [{ code: 0, signal: null }, 'host-qmp-quit', 'emulator/ended', 'guest'],
    [{ code: 0, signal: null }, undefined, 'emulator/ended', 'guest'],
  ])('%j with SHUTDOWN %s is %s', (exit, reason, failureClass, blame) => {
    expect(departure(exit, reason, '')).toMatchObject({ failureClass, blame });
  });

  test("a failure is told in QEMU's own last words", () => {
    const { cause } = departure({ code: 1, signal: null }, undefined, 'warning: old\nqemu: out of memory');
    expect(cause).toBe('QEMU ended with status 1: qemu: out of memory');
  });
});
