import { expect, test } from 'vitest';
import { launchError } from './launch-error.ts';

const QEMU = '/usr/bin/qemu-system-x86_64';

function messageFor(
  stderr: string,
  { code = 1 as number | null, signal = null as NodeJS.Signals | null } = {},
): string {
  const cause = new Error('the monitor closed');
  return launchError({ code, signal, argv: [QEMU], stderr, cause }).message;
}

test.each<[string, string, string | undefined]>([
  [
    `qemu-system-x86_64: Property 'qemu64-x86_64-cpu.nosuch' not found\n`,
    `Property 'qemu64-x86_64-cpu.nosuch' not found`,
    'see what this QEMU has: qemu-system-x86_64 -cpu help',
  ],
  [
    'qemu-system-x86_64: unsupported machine type\nUse -machine help to list supported machines\n',
    'unsupported machine type; Use -machine help to list supported machines',
    'see what this QEMU has: qemu-system-x86_64 -machine help',
  ],
  [
    `qemu-system-x86_64: cannot set up guest memory 'pc.ram': Cannot allocate memory\n`,
    `cannot set up guest memory 'pc.ram': Cannot allocate memory`,
    'give the machine less memory (memoryMiB)',
  ],
  [
    `Could not access KVM kernel module: Permission denied\n${QEMU}: -accel kvm: failed to initialize kvm: Permission denied\n`,
    'Could not access KVM kernel module: Permission denied; -accel kvm: failed to initialize kvm: Permission denied',
    'see what this host can do: npx domes doctor; DOMES_ACCELERATOR=tcg does without KVM',
  ],
  [
    `${QEMU}: warning: host doesn't support requested feature\nqemu: invalid kernel header\n`,
    'qemu: invalid kernel header',
    undefined,
  ],
])('%s', (stderr, words, next) => {
  const message = messageFor(stderr);
  expect(message.split('\n')[0]).toBe(`QEMU ended with status 1 before it was ready: ${words}`);
  expect(/^ {2}next +(.*)$/m.exec(message)?.[1]).toBe(next);
});

test('one that said nothing', () => {
  expect(messageFor('', { code: null, signal: 'SIGSEGV' })).toMatchInlineSnapshot(`
    "QEMU was killed by SIGSEGV before it was ready: it said nothing
      blame       host: QEMU, the image or this machine misbehaved; the guest is not to blame
      doing       starting QEMU
      probably    the monitor closed"
  `);
});
