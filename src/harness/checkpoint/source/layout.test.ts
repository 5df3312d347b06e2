/** Blanks, line ends and comments between any two tokens leave the fingerprint as it is. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stepFingerprint } from './fingerprint.ts';
import { createProject, FILES, SCENARIO } from './testing/project.ts';

/** A token and the blanks behind it; strings, templates, regular expressions and comments are one each. */
const TOKEN =
  /(\/\/[^\n]*|`(?:\\[\s\S]|[^`\\])*`|'(?:\\.|[^'\\])*'|(?<=\()\/(?:\\.|[^/\\])+\/\w*|\.\.\.|=>|[=!]==|\?\.|&&|\w+|\S)(\s*)/g;

/** Behind these, before `=>` and before the `<` of a type, a line end has a meaning of its own. */
const KEPT_ON_LINE = /^(?:return|async|throw|type)$/;

const gap = fc.constantFrom(
  '',
  ' ',
  '\t',
  '\n',
  '\r\n',
  '/* a */',
  '/** b\n * c */',
  '// d\n',
  ' /* ; */ ',
  '// `\n',
);

test.each([SCENARIO, 'scenarios/login.ts', 'scenarios/prompts/dos.ts'])(
  '%s',
  { timeout: 60_000 },
  async (file) => {
    const tokens = [...(FILES[file] ?? '').matchAll(TOKEN)].map(([, text = '', blanks = '']) => ({
      text,
      blanks,
    }));
    expect(tokens.map(({ text, blanks }) => text + blanks).join('')).toBe(FILES[file]);
    await using project = await createProject();
    const digestOf = async () => (await stepFingerprint({ file: project.scenario, name: 'updated' })).digest;
    const before = await digestOf();
    const gaps = fc.array(gap, { minLength: tokens.length, maxLength: tokens.length });
    await fc.assert(
      fc.asyncProperty(gaps, async (between) => {
        const text = tokens.map((token, at) => {
          const kept = KEPT_ON_LINE.test(token.text) || /^(?:=>|<)$/.test(tokens[at + 1]?.text ?? '');
          const more = between[at] ?? '';
          return token.text + token.blanks + (kept && more.includes('\n') ? '/* e */' : more);
        });
        await project.write(file, text.join(''));
        expect(await digestOf()).toBe(before);
      }),
      { numRuns: 25, endOnFailure: true },
    );
  },
);
