import ssh2 from 'ssh2';
import { expect, test } from 'vitest';
import { newSshKey } from './key.ts';

test('every key can be read, also one whose public half begins with a zero byte', () => {
  // One in 256 does: that none of so many would is a chance of 1 in 2,500.
  for (let count = 0; count < 2_000; count++) {
    const { privateText, publicLine } = newSshKey();
    expect(ssh2.utils.parseKey(privateText)).not.toBeInstanceOf(Error);
    expect(publicLine).toMatch(/^ssh-ed25519 \S{68} domes$/);
  }
});
