/** Edits of the tried project that have nothing to do with what its step does. */

export interface Edit {
  readonly title: string;
  /** The scenario where none is named. */
  readonly file?: string;
  readonly from: string;
  readonly to: string;
}

export const EDITS_ELSEWHERE: readonly Edit[] = [
  { title: 'a comment', from: '// Logs in.', to: '/* logs */ // in' },
  {
    title: 'layout',
    from: 'for (const each of rest) await',
    to: 'for (const each of rest)\n\n\tawait',
  },
  { title: 'quotes', from: "name: 'root'", to: 'name: "root"' },
  {
    title: 'a semicolon and parentheses',
    from: 'const client = new Client();',
    to: 'const client = (new Client())',
  },
  { title: 'a type', from: 'const user: User =', to: 'const user =' },
  {
    title: 'a cast',
    from: 'const client = new Client();',
    to: 'const client = new Client() as any;',
  },
  {
    title: 'a type of an imported function',
    file: 'scenarios/login.ts',
    from: 'machine: any',
    to: 'machine: unknown',
  },
  {
    title: 'an interface',
    file: 'scenarios/login.ts',
    from: 'password: string }',
    to: 'password: string; age?: number }',
  },
  {
    title: 'a comment in an imported file',
    file: 'scenarios/login.ts',
    from: 'const limit',
    to: '/** Most. */\nconst limit',
  },
  {
    title: 'the order of imports',
    from: "import { Client } from 'ssh2';\nimport { loginAs, type User } from './login.ts';",
    to: "import { loginAs, type User } from './login.ts';\nimport { Client } from 'ssh2';",
  },
  {
    title: 'the order of declarations',
    from: "const PASSWORD = 'secret';\nconst [first, ...rest] = ['a', 'b'];",
    to: "const [first, ...rest] = ['a', 'b'];\nconst PASSWORD = 'secret';",
  },
  { title: 'an earlier step', from: "'yum install xen'", to: "'yum install xen-libs'" },
  { title: 'a later step', from: 'local + greet()', to: 'greet() + local' },
  {
    title: 'another test',
    from: "expect(unrelated).toBe('x/y')",
    to: "expect(unrelated).toBe('x/z')",
  },
  {
    title: 'a test more',
    from: "describe('other'",
    to: "test('one more', () => {});\ndescribe('other'",
  },
  { title: 'a constant that is not used', from: "join('x', 'y')", to: "join('x', 'z')" },
  {
    title: 'a function that is not used',
    file: 'scenarios/login.ts',
    from: 'process.env.HOME',
    to: 'process.env.USER',
  },
  { title: 'an export that is not used', file: 'scenarios/words.ts', from: "'hi'", to: "'hey'" },
  { title: 'the options', from: '{ version: 3 }', to: '{ version: 4 }' },
  { title: 'the parent', from: 'from: installed', to: 'from: undefined' },
  {
    title: 'a re-export by another way',
    file: 'scenarios/prompts/index.ts',
    from: "export * from './unix.ts';",
    to: "export { PROMPT } from './unix.ts';",
  },
  {
    title: 'the layout of JSON',
    file: 'scenarios/versions.json',
    from: '{ "yum": "3.4" }',
    to: '{\n  "yum": "3.4"\n}',
  },
];
