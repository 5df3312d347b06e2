/**
 * Checkpoints with a real Xen and dom0: the first time every step is executed and saved, then the deepest is restored,
 * and two machines fork from it.
 */
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, checkpoint, expect, openDom0, test } from '../src/harness/index.ts';

// Stored states are of this host.
beforeAll(() => {
  delete process.env.DOMES_HOST;
});

const booted = checkpoint(
  'tested-boot',
  { image: 'slim-dom0', launch: { boot: 'direct' } },
  async (machine) => {
    const { shell } = await openDom0(machine);
    await shell.succeed('echo booted > /tmp/steps');
  },
);

const prepared = checkpoint(
  'tested-file',
  { from: booted, inputs: { word: 'prepared' } },
  async (machine, { word }) => {
    const { shell } = await openDom0(machine);
    await shell.succeed(`echo ${word} >> /tmp/steps`);
  },
);

// The same again with another input, as if somebody had edited it.
const edited = checkpoint(
  'tested-edit',
  { from: booted, inputs: { word: 'edited' } },
  async (machine, { word }) => {
    const { shell } = await openDom0(machine);
    await shell.succeed(`echo ${word} >> /tmp/steps`);
  },
);

beforeAll(() => {
  // Nothing of an earlier run is restored.
  process.env.DOMES_CHECKPOINTS = 'cold';
});
afterAll(() => {
  const prune = ['bin/domes.mjs', 'checkpoints', 'prune', 'tested-boot', 'tested-file', 'tested-edit'];
  execFileSync(process.execPath, prune, { stdio: 'inherit' });
});

test('cold: the steps are executed, one after the other', async ({ resume, task }) => {
  const machine = await resume(prepared);
  const { shell } = await openDom0(machine);
  expect(await shell.succeed('cat /tmp/steps')).toBe('booted\nprepared');
  expect(task.meta.domes?.checkpoints).toMatchObject([
    { name: 'tested-boot', did: 'executed', savedMs: expect.any(Number) },
    { name: 'tested-file', did: 'executed', savedMs: expect.any(Number) },
  ]);
});

test('warm: two machines are restored, and neither sees what the other does', async ({ resume, task }) => {
  const [a, b] = await Promise.all([resume(prepared, { name: 'a' }), resume(prepared, { name: 'b' })]);
  const [one, other] = await Promise.all([openDom0(a), openDom0(b)]);
  await one.shell.succeed('echo mine >> /tmp/steps');
  expect(await one.shell.succeed('cat /tmp/steps')).toBe('booted\nprepared\nmine');
  expect(await other.shell.succeed('cat /tmp/steps')).toBe('booted\nprepared');
  expect((await other.list()).map(({ name }) => name)).toEqual(['Domain-0']);
  expect(task.meta.domes?.checkpoints).toMatchObject([
    { name: 'tested-file', did: 'restored' },
    { name: 'tested-file', did: 'restored' },
  ]);
  expect(b.milestones.get('hypervisor')).toBeDefined();
});

test('an edited step is executed again, from the checkpoint before it', async ({ resume, task }) => {
  const machine = await resume(edited);
  const { shell } = await openDom0(machine);
  expect(await shell.succeed('cat /tmp/steps')).toBe('booted\nedited');
  expect(task.meta.domes?.checkpoints).toMatchObject([
    { name: 'tested-boot', did: 'restored' },
    { name: 'tested-edit', did: 'executed', because: 'this run starts cold' },
  ]);
});
