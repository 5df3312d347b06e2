/** The house's fences: imports point one way, and an outside package enters by the files that are named here. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = normalize(join(import.meta.dirname, '..'));

/** From the inside out; a file imports from its own layer or from those before it. */
const LAYERS: readonly (readonly string[])[] = [
  ['src/printable.ts', 'setup/'],
  ['src/errors.ts'],
  ['src/expect/'],
  ['src/harness/stage.ts', 'src/harness/report/record.ts', 'src/harness/console/port.ts'],
  [
    'src/harness/report/',
    'src/harness/host/',
    'src/harness/runner/',
    'src/harness/qmp/',
    'src/harness/image/',
  ],
  ['src/harness/console/', 'src/harness/milestone/', 'src/harness/diagnosis/'],
  // The network is a QEMU process of its own, started as the machine's is.
  ['src/harness/qemu/', 'src/harness/network/'],
  ['src/harness/bootloader/', 'src/harness/bsd/', 'src/harness/ssh/'],
  ['src/harness/remote/'],
  ['src/harness/machine/', 'src/harness/snapshot/'],
  ['src/harness/xen/'],
  ['src/harness/checkpoint/', 'src/harness/replay/'],
  ['src/harness/scenario/'],
  ['src/harness/index.ts', 'src/harness/cli/'],
  ['scenarios/', 'bench/'],
];

/** Which files may import an outside package (in tests any may). */
const PACKAGES: Readonly<Record<string, RegExp>> = {
  '@eslint-community/regexpp': /^src\/expect\/pattern\//,
  '@xterm/headless': /^src\/expect\/screen\.ts$/,
  commander: /^src\/harness\/cli\//,
  execa: /^src\/harness\/(?:network|qemu|image|host|remote|cli)\//,
  rolldown: /^src\/harness\/(?:checkpoint|report\/html)\//,
  sirv: /^src\/harness\/network\//,
  ssh2: /^src\/harness\/(?:ssh|remote)\//,
  'strip-ansi': /^src\/harness\//,
  vitest: /^(?:src\/harness\/(?:index\.ts|scenario\/|report\/|runner\/global-setup\.ts)|vitest\.config\.ts)/,
  zod: /^src\/harness\//,
};

interface Import {
  readonly file: string;
  /** Relative to the root for our own files, the package's name for others. */
  readonly target: string;
  readonly own: boolean;
}

const imports = sourceFiles().flatMap(importsOf);

describe('imports', () => {
  test('there are many to look at', () => {
    expect(imports.length).toBeGreaterThan(100);
  });

  test('point one way: scenarios → harness → expect → errors', () => {
    const wrong = imports.filter(({ own, file, target }) => own && layerOf(target) > layerOf(file));
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  test('scenarios come in by the one door, and share checkpoints among themselves', () => {
    const wrong = imports.filter(
      ({ own, file, target }) =>
        own &&
        file.startsWith('scenarios/') &&
        target !== 'src/harness/index.ts' &&
        // What stands in for the world outside.
        !/\/testing\//.test(target) &&
        !target.startsWith('scenarios/'),
    );
    expect(wrong).toEqual([]);
  });

  test('src/expect knows no file system, no QEMU and no Vitest', () => {
    const allowed = ['node:buffer', '@eslint-community/regexpp', '@xterm/headless'];
    const wrong = imports.filter(
      ({ own, file, target }) => !own && file.startsWith('src/expect/') && !allowed.includes(target),
    );
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  test('each outside package enters by few files', () => {
    const wrong = imports.filter(({ own, file, target }) => {
      if (own || target.startsWith('node:')) return false;
      return !PACKAGES[target.replace(/^(@[^/]+\/[^/]+|[^/]+).*/, '$1')]?.test(file);
    });
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });
});

function sourceFiles(): string[] {
  return ['src', 'scenarios']
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map(
        (name) => `${folder}/${name}`,
      ),
    )
    .filter(
      (file) =>
        file.endsWith('.ts') &&
        !file.endsWith('.test.ts') &&
        !/\/(?:fixtures|testing)\/|-arbitrary\.ts$/.test(file),
    )
    .concat(
      readdirSync(join(ROOT, 'scenarios'), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => `scenarios/${name}`),
    )
    .filter((file, index, all) => all.indexOf(file) === index);
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [
    ...text.matchAll(
      /^(?:import|export)\s[^;]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm,
    ),
  ].map((found) => {
    const source = found[1] ?? found[2] ?? (found[3] as string);
    const own = source.startsWith('.');
    return { file, own, target: own ? relative(ROOT, join(ROOT, dirname(file), source)) : source };
  });
}

/** The most exact prefix decides. */
function layerOf(file: string): number {
  let best = { length: -1, layer: LAYERS.length };
  LAYERS.forEach((prefixes, layer) => {
    for (const prefix of prefixes)
      if (file.startsWith(prefix) && prefix.length > best.length) best = { length: prefix.length, layer };
  });
  return best.layer;
}
