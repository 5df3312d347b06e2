import { expect, test } from 'vitest';
import { type BlobFile, moveHere } from './moved-blobs.ts';

function blob(root: string): BlobFile {
  const at = (line: number) =>
    `Error: no\n    at ${root}/scenarios/a.test.ts:${line}:3\n    at node:internal:1`;
  return {
    name: 'scenarios/a.test.ts',
    filepath: `${root}/scenarios/a.test.ts`,
    tasks: [
      { result: { errors: [{ stack: at(1), cause: { stack: at(2) } }] } },
      {
        tasks: [
          {
            result: {
              errors: [{ stack: at(3), stacks: [{ file: `${root}/src/a.ts` }, { file: 'node:internal' }] }],
            },
          },
        ],
      },
    ],
  };
}

test('a shard that ran elsewhere is as if it had run here, whatever failed in it', () => {
  const file = blob('/builds/17/project');
  moveHere([file], '/home/me/project');
  expect(file).toEqual(blob('/home/me/project'));
});

test('one of this folder, or of no folder at all, stays as it is', () => {
  const files = [blob('/home/me/project'), { name: 'b.test.ts', filepath: '\0virtual' }];
  moveHere(files, '/home/me/project');
  expect(files).toEqual([blob('/home/me/project'), { name: 'b.test.ts', filepath: '\0virtual' }]);
});
