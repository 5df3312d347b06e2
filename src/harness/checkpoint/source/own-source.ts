/** domes itself as a part of every step: what it types and expects depends on its own code too. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { minifySync, transformSync } from 'rolldown/utils';
import { digestOfTexts } from './tokens.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..', '..');

/** What of domes a guest meets: what is typed, expected, answered and drawn from QEMU; reports and images aren't. */
const GUEST_FACING = [
  'src/expect',
  ...['bootloader', 'console', 'machine', 'network', 'qemu', 'qmp', 'snapshot', 'ssh', 'stage.ts', 'xen'].map(
    (part) => `src/harness/${part}`,
  ),
];

let own: Promise<string> | undefined;

/** The door of domes, and its guest-facing files: they are hashed as one, not name by name. */
export function isOwnFile(file: string): boolean {
  return ['src/harness/index.ts', ...GUEST_FACING].some((part) => {
    const path = join(ROOT, part);
    return file === path || file.startsWith(path + sep);
  });
}

/** Digest of domes itself: by its version where it is installed, by its code where it is being worked on. */
export function ownDigest(): Promise<string> {
  own ??= ROOT.includes(`${sep}node_modules${sep}`) ? versionDigest() : sourceDigest(ROOT);
  return own;
}

/** Digest of the guest-facing files below a root, without comments, layout, types and tests. */
export async function sourceDigest(root: string): Promise<string> {
  const files = (await Promise.all(GUEST_FACING.map((part) => sourcesIn(root, part)))).flat().sort();
  const texts = await Promise.all(
    files.map(async (file) => [file, withoutComments(file, await readFile(join(root, file), 'utf8'))]),
  );
  return digestOfTexts(texts.flat());
}

async function versionDigest(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version?: string };
  return digestOfTexts(['domes', version ?? '']);
}

async function sourcesIn(root: string, part: string): Promise<string[]> {
  const path = join(root, part);
  if (part.endsWith('.ts')) return existsSync(path) ? [part] : [];
  const names = await readdir(path, { recursive: true }).catch(() => []);
  return names
    .map((name) => `${part}/${name.replaceAll('\\', '/')}`)
    .filter(
      (file) => file.endsWith('.ts') && !/\.test\.ts$|-arbitrary\.ts$|\/(?:fixtures|testing)\//.test(file),
    );
}

/** Printed anew without layout; a file that can't be is taken as it is. Several times faster than a syntax tree of ours. */
function withoutComments(file: string, text: string): string {
  try {
    const { code } = transformSync(file, text, { sourcemap: false, tsconfig: false });
    return minifySync(file.replace(/\.ts$/, '.js'), code, { compress: false, mangle: false }).code;
  } catch {
    return text;
  }
}
