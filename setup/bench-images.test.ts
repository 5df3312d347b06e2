import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { BENCH_IMAGES, benchImages } from './bench-images.mjs';

test('a bench has the images built that it boots, and no others', () => {
  expect(benchImages(['login'])).toEqual(['rpm-dom0', 'debian-guest']);
  expect(benchImages(['boot', 'replay'])).toEqual(['slim-dom0']);
  expect(benchImages(['expect'])).toEqual([]);
  expect(benchImages([]).sort()).toEqual(['debian-guest', 'rpm-dom0', 'slim-dom0']);
  // Refused by the benches themselves, once everything is set up.
  expect(benchImages(['unknown', 'toString'])).toEqual([]);
});

test('every bench is in the list, and every image in the manifest', () => {
  const said = (() => {
    try {
      return execFileSync(process.execPath, ['--import', 'tsx', 'bench/main.ts', 'no such bench'], {
        stdio: 'pipe',
      });
    } catch (error) {
      return (error as { stderr: Buffer }).stderr;
    }
  })();
  const names = /there are: (.*)/.exec(String(said))?.[1]?.split(', ');
  expect(names?.sort()).toEqual(Object.keys(BENCH_IMAGES).sort());
  const { images } = JSON.parse(readFileSync('images.manifest.json', 'utf8'));
  for (const image of benchImages([])) expect(images).toHaveProperty([image]);
});
