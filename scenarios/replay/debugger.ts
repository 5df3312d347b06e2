/** A debugger at a replay, as small as can be: it speaks gdb's remote protocol over QEMU's socket. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where RIP is in the answer to `g`, 64-bit: behind sixteen registers of eight bytes, in hex. */
const RIP_AT = 16 * 16;

export interface Debugged {
  /** At the first instruction. */
  readonly instructionPointer: bigint;
  /** What `domes replay` had said when the machine stood still again. */
  readonly said: string;
}

/** Runs `domes replay --gdb --until place`, has it continue, and ends it when it has stopped there. */
export async function replayWithDebugger(capsule: string, place: string): Promise<Debugged> {
  const folder = await mkdtemp(join(tmpdir(), 'domes-gdb-'));
  const socket = join(folder, 'gdb');
  const args = ['bin/domes.mjs', 'replay', capsule, '--until', place, '--gdb', socket];
  const replay = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(replay, 'exit');
  let said = '';
  const until = async (words: RegExp) => {
    for await (const chunk of replay.stdout.iterator({ destroyOnReturn: false })) {
      said += chunk;
      if (words.test(said)) return;
    }
    throw new Error(`domes replay ended, and had said:\n${said}`);
  };
  try {
    await until(/waits before its first instruction/);
    const gdb = connect(socket);
    await once(gdb, 'connect');
    const registers = await answer(gdb, 'g');
    gdb.write(packet('c'));
    await until(/Ctrl-C ends it/);
    gdb.destroy();
    return { instructionPointer: littleEndian(registers.slice(RIP_AT, RIP_AT + 16)), said };
  } finally {
    replay.kill('SIGINT');
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
}

async function answer(gdb: Socket, command: string): Promise<string> {
  gdb.write(packet(command));
  let text = '';
  for await (const chunk of gdb.iterator({ destroyOnReturn: false })) {
    text += chunk;
    const whole = /\$([^#]*)#[0-9a-f]{2}/.exec(text);
    if (!whole) continue;
    gdb.write('+');
    return whole[1] as string;
  }
  throw new Error(`the debugger's socket was closed after ${JSON.stringify(text)}`);
}

/** `$DATA#CHECKSUM` (gdb's manual, Remote Protocol). */
function packet(data: string): string {
  const sum = [...data].reduce((total, letter) => total + letter.charCodeAt(0), 0) % 256;
  return `$${data}#${sum.toString(16).padStart(2, '0')}`;
}

function littleEndian(hex: string): bigint {
  const bytes = hex.match(/../g) ?? [];
  return BigInt(`0x${bytes.reverse().join('')}`);
}
