/**
 * Types random lines at a real guest under a busy host, and compares what the guest got. Nothing is executed: the
 * guest's terminal hands the lines to `cat`, or the shell's own line editor takes them as a quoted here-document.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TypingError } from '../../src/errors.ts';
import type { Console } from '../../src/expect/console.ts';
import { Shell } from '../../src/expect/shell.ts';
import { launchMachine } from '../../src/harness/machine/launch.ts';
import type { Machine } from '../../src/harness/machine/machine.ts';
import { busyHost } from './busy-host.ts';
import { compareLines } from './compare-lines.ts';
import { randomLines } from './random-lines.ts';

/** What echoes: the kernel's terminal (for `cat`), or busybox's line editor. */
export type Echoer = 'terminal' | 'editor';
/** What carries the bytes: an emulated 16550 (the kernel's own console as well), or a virtio console. */
export type Port = 'uart' | 'virtio';

export interface SoakOptions {
  readonly echoer?: Echoer;
  readonly port?: Port;
  /** Processes that do nothing but use the host's processors. */
  readonly burners?: number;
}

const FILE = '/tmp/typed';
/** Never among the random lines: they have no line that is only this. */
const END = 'end of what was typed';

export async function soak(
  count: number,
  { echoer = 'terminal', port = 'uart', burners = 2 }: SoakOptions = {},
): Promise<void> {
  const logFolder = mkdtempSync(join(tmpdir(), 'domes-soak-'));
  const launched = await launchMachine(
    'slim-dom0',
    { logFolder, logFolderShown: logFolder },
    { boot: 'disk' },
  );
  try {
    const { machine } = launched;
    const control = await plainLinux(machine);
    const shell = port === 'virtio' ? control : await uartShell(machine, control);
    const lines = randomLines(count);
    using _ = busyHost(burners);
    const startedAt = performance.now();
    const again = await (echoer === 'terminal' ? typeToCat : typeHereDocument)(shell, lines);
    const tookMs = performance.now() - startedAt;
    const verdict = await compare(shell, lines);
    const { sent, retyped } = shell.console.typing;
    console.log(
      `typing ${count} lines (${sent} characters) at the ${echoer} on ${port}, ${burners} burners: ` +
        `${(count / (tookMs / 1000)).toFixed(1)} lines/s, ${(sent / (tookMs / 1000)).toFixed(0)} characters/s, ` +
        `${again} lines (${retyped} characters) retyped, ${verdict}`,
    );
  } finally {
    await launched[Symbol.asyncDispose]();
    rmSync(logFolder, { recursive: true, force: true });
  }
}

async function plainLinux(machine: Machine): Promise<Shell> {
  const grub = await machine.grub();
  await grub.select(/plain Linux/);
  grub.boot();
  return machine.shell();
}

/** A second shell, on the port that the kernel's messages go to as well. */
async function uartShell(machine: Machine, control: Shell): Promise<Shell> {
  const uart = machine.console();
  uart.skip();
  await control.succeed("setsid sh -c 'exec sh -i < /dev/ttyS0 > /dev/ttyS0 2>&1' &");
  return Shell.open(uart);
}

/** `cat` gets a line when it is ended; until then the terminal itself holds it, and Ctrl-U kills it. */
async function typeToCat({ console }: Shell, lines: readonly string[]): Promise<number> {
  await console.sendLine(`mkdir -p /tmp; echo now; cat > ${FILE}`);
  await console.expect('now\r\n');
  let again = 0;
  for (const line of lines) again += await typeLine(console, line);
  console.press('ctrl-d');
  return again;
}

async function typeHereDocument({ console }: Shell, lines: readonly string[]): Promise<number> {
  await console.sendLine(`mkdir -p /tmp; cat > ${FILE} <<'${END}'`);
  let again = 0;
  for (const line of [...lines, END]) {
    console.skip();
    await console.expect(/dm-\w+:\d{1,9}\+> /);
    again += await typeLine(console, line);
  }
  return again;
}

async function typeLine(console: Console, line: string): Promise<0 | 1> {
  try {
    await console.sendLine(line);
    return 0;
  } catch (error) {
    if (!(error instanceof TypingError)) throw error;
    console.press('ctrl-u');
    await console.untilQuiet();
    await console.retype(line);
    console.press('enter');
    return 1;
  }
}

/** Compares the guest's file with what was typed: by digest, and line by line where that differs. */
async function compare(shell: Shell, lines: readonly string[]): Promise<string> {
  const expected = createHash('sha256')
    .update(`${lines.join('\n')}\n`)
    .digest('hex');
  await shell.run('');
  const digest = (await shell.succeed(`sha256sum ${FILE}`)).split(' ')[0];
  if (digest === expected) return 'none lost, none doubled';
  const got = (await shell.succeed(`cat ${FILE}`)).split('\n');
  const { lost, doubled, first } = compareLines(lines, got);
  return `${lost} lost, ${doubled} doubled; the first: ${first}`;
}
