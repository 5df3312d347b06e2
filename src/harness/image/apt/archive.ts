/** The package archive that this host's apt is set up for: looks packages up and fetches them, as any user. */
import { execa } from 'execa';
import { AbortError, ImageError } from '../../../errors.ts';
import { requireProgram } from '../../host/programs.ts';
import type { ImageHome } from '../image-home.ts';
import type { Progress } from '../progress.ts';
import { privateApt } from './configuration.ts';
import { type PackageStanza, parseStanzas } from './stanza.ts';

interface AptOptions {
  readonly progress: Progress;
  readonly signal?: AbortSignal | undefined;
}

export interface Archive {
  /** The newest version of each package that the sources have, in the order asked for. Unknown ones are undefined. */
  newest(names: readonly string[]): Promise<(PackageStanza | undefined)[]>;
  /** All stanzas of these exact versions; those that the archive no longer has are missing. */
  exact(packages: readonly Pick<PackageStanza, 'name' | 'version'>[]): Promise<PackageStanza[]>;
  /** Fetches package files into a folder, under apt's names for them. */
  download(packages: readonly Pick<PackageStanza, 'name' | 'version'>[], folder: string): Promise<void>;
}

/**
 * Brings the package lists up to date. The caller holds the lock `apt`.
 * @throws HostSetupError without apt; ImageError when there are no sources or they cannot be reached.
 */
export async function openArchive(home: ImageHome, options: AptOptions): Promise<Archive> {
  const env = await privateApt(home);
  const apt = (program: string, args: readonly string[], cwd?: string) =>
    runApt(program, args, { env, cwd, ...options });

  if ((await apt('apt-get', ['update', '--print-uris'])).trim() === '')
    throw new ImageError(
      'apt on this host has no package sources, so there is nothing to build images from',
      {
        next:
          'write a sources.list with a Debian mirror of your choice to a file and set DOMES_APT_SOURCES to its path, e.g. ' +
          'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] <mirror> bookworm main',
      },
    );
  options.progress.report({ doing: 'reading the package lists' });
  await apt('apt-get', ['update', '--quiet', ...STATUS]);

  return {
    async newest(names) {
      const found = parseStanzas(await apt('apt-cache', ['show', '--no-all-versions', ...names]));
      return names.map((name) => found.find((stanza) => stanza.name === name));
    },
    async exact(packages) {
      return parseStanzas(await apt('apt-cache', ['show', ...packages.map(nameAndVersion)]));
    },
    async download(packages, folder) {
      await apt('apt-get', ['download', '--quiet', ...STATUS, ...packages.map(nameAndVersion)], folder);
    },
  };
}

/** apt's progress for programs, on a descriptor of its own: `dlstatus:3:41.5:Retrieving file 3 of 9 (…)`. */
const STATUS = ['-o', 'APT::Status-Fd=3'];

function nameAndVersion({ name, version }: Pick<PackageStanza, 'name' | 'version'>): string {
  return `${name}=${version}`;
}

async function runApt(
  program: string,
  args: readonly string[],
  { env, cwd, progress, signal }: AptOptions & { env: NodeJS.ProcessEnv; cwd?: string | undefined },
): Promise<string> {
  const child = execa(requireProgram(program), args, {
    env,
    extendEnv: false,
    reject: false,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    ...(cwd && { cwd }),
    ...(signal && { cancelSignal: signal }),
  });
  const follow = async () => {
    for await (const line of child.iterable({ from: 'fd3' })) {
      const [, percent, doing] = /^dlstatus:[^:]*:([\d.]+):(.*)/.exec(String(line)) ?? [];
      if (doing)
        progress.report({ doing: doing.toLowerCase(), done: Number(percent), total: 100, unit: 'percent' });
    }
  };
  const [result] = await Promise.all([child, follow().catch(() => {})]);
  if (result.isCanceled) throw new AbortError('the run was cancelled while apt was at work');
  // apt-cache exits with 100 when none of several packages is known; what it printed says which.
  if (result.exitCode === 0 || (program === 'apt-cache' && result.exitCode === 100)) return result.stdout;
  throw aptError(program, args, result.stderr || (result.shortMessage ?? ''));
}

function aptError(program: string, args: readonly string[], words: string): ImageError {
  const errors = words.split('\n').filter((line) => line.startsWith('E:'));
  const shown = (errors.length > 0 ? errors : words.trim().split('\n').slice(-3)).slice(0, 4).join('; ');
  return new ImageError(`${program} ${args[0]} failed: ${shown}`, {
    probably: 'the package archive cannot be reached, or this host is not set up for it',
    next: 'see whether apt-get update works on this host, then try again',
  });
}
