import { describe, expect, test } from 'vitest';
import { type Session, sessionScript } from './session-script.ts';
import type { SessionConsole } from './session-typing.ts';

type Entry = SessionConsole['entries'][number];

/** `<` is what the guest prints, `>` what is typed; a millisecond after the other. */
function console(name: string, ...talk: readonly string[]): SessionConsole {
  const entries = talk.map(
    (one, index): Entry =>
      one.startsWith('<')
        ? { atMs: index, printed: Buffer.from(one.slice(1)) }
        : { atMs: index, typed: one.slice(1) },
  );
  return { name, entries };
}

function body(session: Partial<Session>): string[] {
  const whole = { image: 'img', options: {}, milestones: [], booted: [], consoles: [], ...session };
  return sessionScript(whole)
    .split('\n')
    .slice(3, -2)
    .map((line) => line.trim());
}

describe('a session as a scenario', () => {
  test('what was waited for and what was typed, in the order of time', () => {
    const shell = console(
      'shell',
      ...[
        '<\r\nlogin: ',
        '>r',
        '<r',
        '>oot',
        '<oot',
        '>\r',
        '<\r\nPassword: ',
        '>secret\r',
        '<\r\n\x1b[1m# ',
      ],
      ...['>ls\x7f\x7fxl list\r', '<ls\b \b\b \bxl list\r\nName\r\n# '],
    );
    const milestones = [{ name: 'kernel', atMs: 0.5 }];
    const session = { image: 'img', options: { boot: 'direct' }, milestones, booted: [], consoles: [shell] };
    expect(sessionScript(session)).toMatchInlineSnapshot(`
      "import { test } from '../src/harness/index.ts';

      test('img boots', async ({ launch }) => {
        const machine = await launch('img', { boot: 'direct' });
        const shell = machine.console('shell');
        await machine.reach('kernel');
        await shell.expect('login: ');
        await shell.sendLine('root');
        await shell.expect('Password: ');
        // It was not echoed, a password most likely: it is not written down here.
        await shell.typeHidden(process.env.PASSWORD ?? '');
        shell.press('enter');
        await shell.expect('# ');
        await shell.sendLine('xl list');
      });
      "
    `);
  });

  test('GRUB’s entry is said by its title, not by the keys that chose it', () => {
    const system = console('console', '<GNU GRUB', '>\x1b[B', '>\r', '<Booting', '>x');
    const lines = body({
      consoles: [system],
      milestones: [{ name: 'bootloader', atMs: 0.5 }],
      booted: [{ entry: "Xen's own", atMs: 2 }],
    });
    expect(lines).toEqual([
      "const machine = await launch('img');",
      "const system = machine.console('console');",
      "await machine.reach('bootloader');",
      'const grub = await machine.grub();',
      "await grub.select('Xen\\'s own');",
      'grub.boot();',
      "await system.expect('Booting');",
      "await system.type('x');",
    ]);
  });

  test('keys have names, other bytes their number', () => {
    const lines = body({ consoles: [console('guest-1', '>a\x1b[A\x03\x02')] });
    expect(lines.slice(2)).toEqual([
      "await guest1.type('a');",
      "guest1.press('up');",
      "guest1.press('ctrl-c');",
      'guest1.send(Uint8Array.of(2));',
    ]);
  });

  test('several lines that were pasted at once are echoed together', () => {
    const lines = body({ consoles: [console('shell', '<$ ', '>one\rtwo\r', '<one\r\ntwo\r\n$ ')] });
    expect(lines.slice(2)).toEqual([
      "await shell.expect('$ ');",
      "await shell.sendLine('one');",
      "await shell.sendLine('two');",
    ]);
  });

  test('an echo is not waited for', () => {
    const lines = body({
      consoles: [console('shell', '<$ ', '>sleep 9\r', '<sleep 9\r\n', '>\x03', '<^C\r\n$ ')],
    });
    expect(lines.slice(2)).toEqual([
      "await shell.expect('$ ');",
      "await shell.sendLine('sleep 9');",
      "shell.press('ctrl-c');",
    ]);
  });

  test('what a guest prints stays inside its string', () => {
    const lines = body({ consoles: [console('shell', "<'); evil('\\\u2028 ", '>x\r', '<x\r\n')] });
    expect(lines[2]).toBe("await shell.expect('\\'); evil(\\'\\\\\\u{2028} ');");
  });

  test('how it was launched', () => {
    const options = { boot: 'direct', disks: [{ image: 'a' }, { image: 'b' }], machine: { display: 'vga' } };
    expect(body({ options })[0]).toBe(
      "const machine = await launch('img', { boot: 'direct', disks: [{ image: 'a' }, { image: 'b' }], machine: { display: 'vga' } });",
    );
  });
});
