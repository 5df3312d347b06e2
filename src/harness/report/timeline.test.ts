import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import {
  GUEST_TROUBLE,
  sampleFailure,
  sampleMachine,
  sampleRun,
  sampleScenario,
  sampleTest,
} from './fixtures/sample-run.ts';
import { terminalOf } from './terminal-row.ts';
import { timelineLines } from './timeline.ts';

const plain = (columns: number) => ({ columns, colour: false });

test('a boot to scale, a budget that was overrun, and what it cost', () => {
  expect(timelineLines(sampleRun([sampleTest()]), plain(100)).join('\n')).toMatchInlineSnapshot(`
    "
     ✓ 12.3 s  scenarios/xen-pv.test.ts › boots a guest
       ▸ dom0 · tcg · QEMU 7.2.22 · slim-dom0
         firmware      410 ms   +410 ms              ██
         bootloader     1.3 s   +890 ms of 5.0 s      ████
         hypervisor     3.1 s    +1.8 s over 3.0 s       ███████
         dom0 ready     5.6 s    +2.5 s of 12.0 s               ██████████
         guest shell   10.9 s    +5.3 s                                  ████████████████████
         CPU QEMU 10.8 s, harness 310 ms · typed 312, again 2 · load 0.4 → 1.2 on 2 CPUs"
  `);
});

test('a restored boot is shown whole, and marked as restored as far as this run did not wait for it', () => {
  const machine = sampleMachine({
    restoredFrom: {
      name: 'dom0 \x1b[31mready',
      kind: 'template',
      takenAt: '2025-11-20T08:00:00.000Z',
      atMs: 5_700,
      tookMs: 240,
    },
  });
  const milestones = machine.milestones.map((milestone) =>
    milestone.stage === 'guest-userspace' ? milestone : { ...milestone, restored: true as const },
  );
  const scenario = sampleScenario({ ...machine, milestones });
  expect(timelineLines(sampleRun([sampleTest({ scenario })]), plain(110)).join('\n')).toMatchInlineSnapshot(`
    "
     ✓ 12.3 s  scenarios/xen-pv.test.ts › boots a guest
       ▸ dom0 · tcg · QEMU 7.2.22 · slim-dom0 · restored from dom0 ␛[31mready in 240 ms, at 5.7 s
         firmware      410 ms  restored              ██
         bootloader     1.3 s  restored of 5.0 s      ████
         hypervisor     3.1 s  restored over 3.0 s       ███████
         dom0 ready     5.6 s  restored of 12.0 s               ██████████
         guest shell   10.9 s    +5.3 s                                  ████████████████████
         CPU QEMU 10.8 s, harness 310 ms · typed 312, again 2 · load 0.4 → 1.2 on 2 CPUs"
  `);
});

test('a boot that stopped says where, why, and where the whole log is', () => {
  expect(timelineLines(sampleRun([sampleFailure()]), plain(80)).join('\n')).toMatchInlineSnapshot(`
    "
     ✗ 12.3 s  scenarios/xen-pv.test.ts › boots a guest
       ▸ dom0 · tcg · QEMU 7.2.22 · slim-dom0
         firmware      410 ms   +410 ms              ██
         bootloader     1.3 s   +890 ms of 5.0 s       █████
         hypervisor     3.1 s    +1.8 s over 3.0 s          ██████████
         dom0 ready     5.6 s    +2.5 s of 12.0 s                     ██████████████
         guest shell   ✗ not reached of 15.0 s
         CPU QEMU 10.8 s, harness 310 ms · typed 312, again 2 · load 0.4 → 1.2 on 2…
         failed guest-kernel/no-root-device: console "com1" did not print "login: "…
         logs reports/runs/2025-11-22T10-55-12Z-3f9a/xen-pv/boots-a-guest/
         again npx vitest run scenarios/xen-pv.test.ts -t 'boots a guest'"
  `);
});

test('a class is said once; a screen of the failure is a path to open', () => {
  const summary = `${GUEST_TROUBLE.type}: "VFS: Cannot open root device" on console "com1"`;
  const screenshots = [{ file: 'xen-pv/boots/screenshots/1-failure.png', atMs: 9_300, name: 'failure' }];
  const failed = sampleFailure({
    troubles: [{ ...GUEST_TROUBLE, summary }],
    scenario: sampleScenario(sampleMachine({ screenshots })),
  });
  const lines = timelineLines(sampleRun([failed]), plain(200));
  expect(lines).toContain(`     failed ${summary}`);
  expect(lines.at(-2)).toBe(
    '     screen reports/runs/2025-11-22T10-55-12Z-3f9a/xen-pv/boots/screenshots/1-failure.png',
  );
});

test('budgets that were not checked are not shown, and it is said why; those of virtual time are judged by that', () => {
  const rows = (...change: Parameters<typeof sampleMachine>) =>
    timelineLines(
      sampleRun([sampleTest({ scenario: sampleScenario(sampleMachine(...change)) })]),
      plain(100),
    );
  const milestone = { name: 'kernel', stage: 'kernel', atMs: 9_000, tookMs: 9_000 } as const;
  const because = 'DOMES_RECORD=on-failure';
  expect(
    rows({ determinism: 'recorded', milestones: [milestone], budgetsUnchecked: because }).slice(3, 5),
  ).toEqual([
    expect.stringMatching(/kernel {4}9\.0 s {4}\+9\.0 s +█+$/),
    '     budgets not checked: DOMES_RECORD=on-failure',
  ]);
  const own = { ...milestone, virtualMs: 14_000 };
  expect(
    rows({ determinism: 'pinned', milestones: [{ ...own, budgetMs: 15_000 }] })
      .slice(3, 5)
      .join('\n'),
  ).toMatch(/ of 15\.0 s .*\n {5}budgets are of virtual time: kernel at 14\.0 s$/);
  expect(rows({ determinism: 'pinned', milestones: [{ ...own, budgetMs: 10_000 }] })[3]).toContain(
    'over 10.0 s',
  );
});

test('a recording that was kept can be replayed, also where the test has passed', () => {
  const recording = {
    because: 'DOMES_RECORD=always',
    is: 'kept',
    capsule: 'reports/c/capsule',
    bytes: 9,
  } as const;
  const scenario = sampleScenario(sampleMachine({ recording }));
  expect(timelineLines(sampleRun([sampleTest({ scenario })]), plain(30)).at(-1)).toBe(
    '     replay npx domes replay reports/c/capsule',
  );
});

test('on a narrow terminal the bar goes first, and no line is too long', () => {
  expect(timelineLines(sampleRun([sampleFailure()]), plain(42)).join('\n')).toMatchInlineSnapshot(`
    "
     ✗ 12.3 s  scenarios/xen-pv.test.ts › boo…
       ▸ dom0 · tcg · QEMU 7.2.22 · slim-dom0
         firmware      410 ms   +410 ms
         bootloader     1.3 s   +890 ms of 5.…
         hypervisor     3.1 s    +1.8 s over …
         dom0 ready     5.6 s    +2.5 s of 12…
         guest shell   ✗ not reached of 15.0 s
         CPU QEMU 10.8 s, harness 310 ms · ty…
         failed guest-kernel/no-root-device: …
         logs reports/runs/2025-11-22T10-55-12Z-3f9a/xen-pv/boots-a-guest/
         again npx vitest run scenarios/xen-pv.test.ts -t 'boots a guest'"
  `);
  for (const columns of [10, 20, 33, 60, 79, 120])
    for (const line of timelineLines(sampleRun([sampleFailure(), sampleTest()]), plain(columns)))
      if (!/ reports\/| again npx /.test(line)) expect([...line].length).toBeLessThanOrEqual(columns);
});

test('colours change nothing but the colours', () => {
  const run = sampleRun([sampleTest(), sampleFailure({ retries: 1 })]);
  const coloured = timelineLines(run, { columns: 90, colour: true }).join('\n');
  expect(coloured).toContain('\x1b[31m');
  expect(stripVTControlCharacters(coloured)).toBe(timelineLines(run, plain(90)).join('\n'));
});

test('nothing that a guest printed reaches the terminal as a control character', () => {
  const machine = sampleMachine({
    name: '\x1b[2Jdom0',
    milestones: [{ name: 'guest\x1b]0;x\x07\nshell\u202e', stage: 'guest-userspace', atMs: 10 }],
    cleanupTrouble: ['\x9b31m'],
  });
  const trouble = { ...GUEST_TROUBLE, type: '\x1b[5m', summary: '\r\x1b[1A' };
  const hostile = sampleTest({
    name: 'a\x1bc',
    state: 'failed',
    troubles: [trouble],
    scenario: sampleScenario(machine),
  });
  expect(timelineLines(sampleRun([hostile]), plain(120)).join('\n')).not.toMatch(
    /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/,
  );
});

test('two machines have a timeline each; tests that boot nothing have none', () => {
  const pair = sampleTest({
    scenario: sampleScenario(sampleMachine(), sampleMachine({ name: 'client', milestones: [] })),
  });
  const { scenario: _, ...unit } = sampleTest({ name: 'unit' });
  const lines = timelineLines(sampleRun([unit, pair]), plain(100));
  expect(lines.filter((line) => line.includes('▸')).map((line) => line.split('·')[0]?.trim())).toEqual([
    '▸ dom0',
    '▸ client',
  ]);
  expect(timelineLines(sampleRun([unit]), plain(100))).toEqual([]);
});

test('the width and the colours come from the stream; NO_COLOR and FORCE_COLOR have the last word', () => {
  const tty = { columns: 70, isTTY: true, hasColors: () => true };
  expect(terminalOf(tty, {})).toEqual({ columns: 70, colour: true });
  expect(terminalOf(tty, { NO_COLOR: '1' })).toEqual({ columns: 70, colour: false });
  expect(terminalOf({}, { COLUMNS: '66' })).toEqual({ columns: 66, colour: false });
  expect(terminalOf({}, { FORCE_COLOR: '1' })).toEqual({ columns: 100, colour: true });
});

test('what was restored, what was executed again, and why', () => {
  const checkpoints = [
    { name: 'login', machine: 'a', did: 'restored' as const, tookMs: 212, key: 'k1' },
    {
      ...{ name: 'xen', machine: 'a', did: 'executed' as const, tookMs: 21_000, key: 'k2', savedMs: 340 },
      because: 'its step changed (const VERSION in scenarios/x.test.ts changed)',
    },
    { name: 'xen', machine: 'b', did: 'restored' as const, tookMs: 198, key: 'k2', waitedMs: 22_000 },
  ];
  const scenario = {
    ...sampleScenario(sampleMachine({ name: 'a' }), sampleMachine({ name: 'b' })),
    checkpoints,
  };
  const lines = timelineLines(sampleRun([sampleTest({ scenario })]), plain(140));
  expect(lines.filter((line) => line.includes('checkpoint'))).toEqual([
    '     checkpoint login (a) restored 212 ms',
    '     checkpoint xen (a) executed 21.0 s, saved 340 ms, because its step changed (const VERSION in scenarios/x.test.ts changed)',
    '     checkpoint xen (b) restored 198 ms, waited for it 22.0 s',
  ]);
});

test('a scenario that was skipped says why, and no other test does', () => {
  const { scenario: _, ...bare } = sampleTest();
  const reason = 'image netbsd has no SHA-256; if you have the file: export DOMES_IMAGE_NETBSD=<its path>';
  const skipped = { ...bare, state: 'skipped' as const, reason };
  expect(timelineLines(sampleRun([skipped]), plain(60)).join('\n')).toMatchInlineSnapshot(`
    "
     ↓ scenarios/xen-pv.test.ts › boots a guest
       skipped: image netbsd has no SHA-256; if you have the file: export DOMES_IMAGE_NETBSD=<its path>"
  `);
  const silent = [
    { ...skipped, reason: 'skipped' },
    { ...skipped, file: 'src/a.test.ts' },
  ];
  expect(timelineLines(sampleRun(silent), plain(60))).toEqual([]);
});
