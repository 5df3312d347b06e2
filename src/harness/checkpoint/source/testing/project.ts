/** A small project on disk whose checkpoint `updated` uses most of what a step can use. */
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const SCENARIO = 'scenarios/boot.test.ts';

export const FILES: Readonly<Record<string, string>> = {
  'package.json': '{ "name": "tried" }',
  'node_modules/domes/package.json': '{ "name": "domes", "version": "0.1.0" }',
  'node_modules/ssh2/package.json': '{ "name": "ssh2", "version": "1.2.3" }',
  [SCENARIO]: `import { join } from 'node:path';
import { checkpoint, describe, expect, test } from 'domes';
import { Client } from 'ssh2';
import { loginAs, type User } from './login.ts';
import * as words from './words.ts';
import versions from './versions.json' with { type: 'json' };

const PASSWORD = 'secret';
const [first, ...rest] = ['a', 'b'];
const LIMITS = { boot: { seconds: 3 } };
let attempts = 2;
const unrelated = join('x', 'y');

const installed = checkpoint('installed', {}, async (machine) => {
  await machine.sendLine('yum install xen');
});

const updated = checkpoint('updated', { from: installed, inputs: { version: 3 } }, async (machine, { version }) => {
  // Logs in.
  const user: User = { name: 'root', password: PASSWORD };
  await loginAs(machine, user, LIMITS.boot.seconds * attempts);
  for (const each of rest) await machine.sendLine(\`\${each} 'x' \${first}\\n\`);
  if (/^a+\\/b$/i.test(words.hello())) await machine.sendLine(versions.yum);
  const client = new Client();
  const later = await import('./later.ts');
  return [version, client, later.value, Date.now(), typeof machine?.name === 'string' ? 1e3 : 0x10n];
});

describe('other', () => {
  const local = 'in a block';
  checkpoint('nested', { from: updated }, async (machine) => {
    await machine.sendLine(local + greet());
  });
  function greet() {
    return 'hello';
  }
  test('prints', async () => {
    expect(unrelated).toBe('x/y');
  });
});
`,
  'scenarios/login.ts': `import './prepare.ts';
import { PROMPT as prompt } from './prompts/index.ts';
export interface User { name: string; password: string }
export async function loginAs(machine: any, user: User, timeout: number): Promise<void> {
  await machine.expect(prompt, { timeout: limit(timeout) });
  await machine.sendLine(user.name);
}
const limit = (timeout: number) => Math.min(timeout, settings.most);
const settings = { most: 9 };
export function notUsed() {
  return process.env.HOME;
}
`,
  'scenarios/prompts/index.ts': `export * from './unix.ts';
export { DOS } from './dos.ts';
`,
  'scenarios/prompts/unix.ts': `import { DOS } from './index.ts';
export const PROMPT = DOS + '$ ';
`,
  'scenarios/prompts/dos.ts': `import { PROMPT } from './index.ts';
export const DOS = 'C:\\\\>';
export const BOTH = () => PROMPT + DOS;
`,
  'scenarios/prepare.ts': `import { registry } from './registry.ts';
registry.set('login', 'yes');
const notUsed = { yes: 1 };
`,
  'scenarios/registry.ts': `export const registry = new Map<string, string>();
`,
  'scenarios/words.ts': `export const hello = () => word;
const word = 'hello';
export default class Greeter { greet() { return 'hi'; } }
`,
  'scenarios/later.ts': `export const value = 'later';
`,
  'scenarios/versions.json': '{ "yum": "3.4" }',
};

export interface Project extends AsyncDisposable {
  readonly root: string;
  readonly scenario: string;
  write(file: string, text: string): Promise<void>;
}

/** Writes the project below the system's temporary folder, with some files other than they are in `FILES`. */
export async function createProject(changed: Readonly<Record<string, string>> = {}): Promise<Project> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'domes-source-')));
  const write = async (file: string, text: string) => {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  };
  for (const [file, text] of Object.entries({ ...FILES, ...changed })) await write(file, text);
  return {
    root,
    scenario: join(root, SCENARIO),
    write,
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}
