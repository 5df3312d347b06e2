/** The key that leaves a console: one that is not needed there. */
import { InvalidArgumentError } from 'commander';

/**
 * Ctrl-\: not Ctrl-a (Xen's, three times; QEMU's; screen's), not Ctrl-] (xl console's, virsh's, telnet's), not Ctrl-x or
 * Ctrl-c (GRUB's editor), not Ctrl-b (tmux's).
 */
export const DEFAULT_DETACH_KEY = 'ctrl-\\';

/** `ctrl-x` as the byte that a terminal sends for it. @throws InvalidArgumentError for anything else. */
export function detachByte(key: string): number {
  const [, character] = /^ctrl-([a-z[\\\]^_@])$/i.exec(key) ?? [];
  if (character === undefined)
    throw new InvalidArgumentError('It must be ctrl- and a letter or one of [ \\ ] ^ _ @, as in ctrl-t.');
  const byte = character.toUpperCase().charCodeAt(0) & 0x1f;
  // Enter, line feed and tab are needed everywhere.
  if ([0x09, 0x0a, 0x0d, 0x1b].includes(byte))
    throw new InvalidArgumentError('That is Tab, Enter or Escape, which are needed in every console.');
  return byte;
}

/** Checks the name of a key on the command line. @throws InvalidArgumentError. */
export function detachKey(key: string): string {
  detachByte(key);
  return key.toLowerCase();
}

/** Splits what was typed at the key. */
export function untilDetach(typed: Uint8Array, key: number): { before: Uint8Array; detached: boolean } {
  const at = typed.indexOf(key);
  return at < 0 ? { before: typed, detached: false } : { before: typed.subarray(0, at), detached: true };
}
