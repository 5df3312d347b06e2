import { describe, expect, test } from 'vitest';
import type { ConsoleRole } from '../console/port.ts';
import { STAGES } from '../stage.ts';
import { FAILURE_CLASSES } from './catalogue.ts';

/** The class that a line proves on a console of this role, if any. */
function classOf(role: ConsoleRole, text: string): string | undefined {
  return FAILURE_CLASSES.find((known) => known.role === role && known.signature.test(text))?.id;
}

describe('the catalogue of failure classes', () => {
  test('names each class once, by its stage and a kebab-case label', () => {
    const ids = FAILURE_CLASSES.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, stage } of FAILURE_CLASSES) {
      expect(STAGES).toContain(stage);
      expect(id).toMatch(new RegExp(`^${stage}/[a-z0-9]+(-[a-z0-9]+)*$`));
    }
  });

  test.each<[ConsoleRole, string, string]>([
    ['firmware', 'No bootable device.', 'firmware/no-bootable-device'],
    ['system', "error: file `/boot/vmlinuz-missing' not found.", 'bootloader/file-not-found'],
    [
      'system',
      "error: ../../grub-core/fs/fshelp.c:257:file `/boot/xen.gz' not found.",
      'bootloader/file-not-found',
    ],
    ['system', 'error: no multiboot header found.', 'bootloader/no-multiboot-header'],
    ['system', 'error: invalid magic number.', 'bootloader/not-a-kernel'],
    ['system', 'error: no such device: 7d0c-41b5.', 'bootloader/no-such-device'],
    [
      'system',
      '(XEN) Panic on CPU 0:\r\n(XEN) dom0 kernel not specified. Check bootloader',
      'hypervisor/no-dom0-kernel',
    ],
    [
      'system',
      '(XEN) Panic on CPU 0:\r\n(XEN) Domain 0 allocation is too small for',
      'hypervisor/dom0-memory-too-small',
    ],
    ['system', '(XEN) Panic on CPU 0:\r\n(XEN) Could not construct domain 0', 'hypervisor/panic'],
    ['system', '(XEN) d0v0 Unhandled: vec 14, #PF[0001]', 'hypervisor/dom0-unhandled-fault'],
    ['system', '(XEN) Hardware Dom0 crashed: rebooting machine in 5 seconds.', 'hypervisor/dom0-crashed'],
    [
      'system',
      '[    3.1] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)',
      'kernel/no-root-device',
    ],
    ['system', 'Kernel panic - not syncing: No working init found.', 'kernel/no-init'],
    [
      'system',
      'Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100',
      'kernel/init-killed',
    ],
    ['system', 'Kernel panic - not syncing: Fatal exception in interrupt', 'kernel/panic'],
    ['guest', 'Kernel panic - not syncing: Fatal exception', 'guest-kernel/panic'],
  ])('on a %s console %j is %s', (role, line, id) => {
    expect(classOf(role, line)).toBe(id);
  });

  test.each<[ConsoleRole, string]>([
    ['system', '[    0.2] ACPI Error: No handler for Region [ECRM]'],
    ['system', 'error: no suitable video mode found.'],
    ['system', '[    1.0] Unpacking kernel-panic-tools (1.0)'],
    ['system', '(XEN) CPU0: No irq handler for vector'],
    ['shell', 'Kernel panic - not syncing: typed by a person'],
    ['guest', 'No bootable device.'],
  ])('on a %s console %j proves nothing', (role, line) => {
    expect(classOf(role, line)).toBeUndefined();
  });
});
