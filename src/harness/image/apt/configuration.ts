/**
 * apt for our own use: the host's configuration (sources, keys, proxy) with lists, cache and status in folders of
 * ours. So it works as an ordinary user and changes nothing of the host's.
 */
import { access, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { ImageError } from '../../../errors.ts';
import { requireProgram } from '../../host/programs.ts';
import { cacheFolder, type ImageHome } from '../image-home.ts';

/** Settings of the host that must not reach us: its state, what it runs after an update, its processor. */
const NOT_TAKEN =
  /^(Dir::(State|Cache|Log)\b|APT::Architectures?\b|APT::Sandbox\b|\S*(Pre|Post)-(Invoke|Install))/i;

/**
 * Writes the private configuration.
 * @returns the environment in which apt's programs use it.
 * @throws ImageError when DOMES_APT_SOURCES names no file, or the host's apt has no package sources.
 */
export async function privateApt(home: ImageHome): Promise<NodeJS.ProcessEnv> {
  const folder = cacheFolder.apt(home);
  for (const name of ['lists/partial', 'archives/partial'])
    await mkdir(join(folder, name), { recursive: true });
  const sources = home.env.DOMES_APT_SOURCES;
  const own = sources ? await sourcesSettings(resolve(sources)) : [];
  const dump = await execa(requireProgram('apt-config'), ['dump', '--format', '%F "%v";%n'], {
    env: home.env,
  });
  const lines = [...takenSettings(dump.stdout), ...ourSettings(folder), ...own];
  const path = join(folder, 'apt.conf');
  await writeFile(path, `${lines.join('\n')}\n`);
  return { ...home.env, APT_CONFIG: path, LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive' };
}

/** Those lines of `apt-config dump` that we take over. */
export function takenSettings(dump: string): string[] {
  return dump.split('\n').filter((line) => {
    // A value with a quote cannot be written back; such values are shell commands, which we do not want anyway.
    return line !== '' && !NOT_TAKEN.test(line) && (line.match(/"/g)?.length ?? 0) === 2;
  });
}

function ourSettings(folder: string): string[] {
  return Object.entries({
    // Read already, by way of the dump.
    'Dir::Etc::parts': '/dev/null',
    'Dir::Etc::main': '/dev/null',
    'Dir::State': folder,
    'Dir::State::lists': join(folder, 'lists'),
    // As if nothing were installed.
    'Dir::State::status': '/dev/null',
    'Dir::Cache': folder,
    'Dir::Cache::archives': join(folder, 'archives'),
    // Not kept: it is as large as the lists together, and only saves time when sources change.
    'Dir::Cache::srcpkgcache': '',
    'Dir::Log': folder,
    // apt run by root would fetch as another user, who may not write to our folders.
    'APT::Sandbox::User': 'root',
    // Images are for PCs, whatever this host is.
    'APT::Architecture': 'amd64',
    'APT::Architectures::': 'amd64',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
  }).map(([key, value]) => `${key} "${value}";`);
}

async function sourcesSettings(path: string): Promise<string[]> {
  await access(path).catch((cause) => {
    throw new ImageError(`DOMES_APT_SOURCES names ${path}, which cannot be read`, {}, { cause });
  });
  return [`Dir::Etc::sourcelist "${path}";`, 'Dir::Etc::sourceparts "/dev/null";'];
}
