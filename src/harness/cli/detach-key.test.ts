import { describe, expect, test } from 'vitest';
import { DEFAULT_DETACH_KEY, detachByte, untilDetach } from './detach-key.ts';

describe('the key that leaves a console', () => {
  test.each([
    [DEFAULT_DETACH_KEY, 0x1c],
    ['ctrl-t', 0x14],
    ['CTRL-T', 0x14],
    ['ctrl-]', 0x1d],
    ['ctrl-@', 0],
  ])('%s is byte %i', (key, byte) => expect(detachByte(key)).toBe(byte));

  test.each(['t', 'ctrl-', 'ctrl-tt', 'alt-t'])('%s is none', (key) =>
    expect(() => detachByte(key)).toThrow(/^It must be ctrl-/),
  );

  test.each(['ctrl-m', 'ctrl-j', 'ctrl-i', 'ctrl-['])('%s is needed', (key) =>
    expect(() => detachByte(key)).toThrow('needed in every console'),
  );

  test('is none of those that Xen, QEMU, GRUB and xl console need', () => {
    const needed = ['ctrl-a', 'ctrl-x', 'ctrl-c', 'ctrl-]', 'ctrl-e', 'ctrl-n', 'ctrl-p'].map(detachByte);
    expect(needed).not.toContain(detachByte(DEFAULT_DETACH_KEY));
  });

  test('what was typed before it still goes to the guest, what comes behind it does not', () => {
    const { before, detached } = untilDetach(Buffer.from('ls\x1crm'), 0x1c);
    expect([Buffer.from(before).toString(), detached]).toEqual(['ls', true]);
    expect(untilDetach(Buffer.from('ls'), 0x1c).detached).toBe(false);
  });
});
