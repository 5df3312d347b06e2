/** What a user can show a host to be let in: the keys of their agent, and those in files. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import ssh2, { type AnyAuthMethod, type IdentityCallback, type ParsedKey } from 'ssh2';
import { ScenarioError } from '../../errors.ts';
import type { Stop } from './route.ts';

export interface OwnKeys {
  /** In the order in which they are shown. */
  readonly methods: AnyAuthMethod[];
  /** What they are, and why others are not among them, for the message when none is taken. */
  readonly shown: string;
}

const ABSENT = 'it is not there';

/**
 * The key of `DOMES_SSH_KEY` alone where that is set; else the agent's, then those of the files.
 * @throws ScenarioError when the file of DOMES_SSH_KEY is no key that can be used.
 */
export function ownKeys(
  { user: username, agent, keyFiles, onlyKeyFiles }: Stop,
  env: NodeJS.ProcessEnv = process.env,
): OwnKeys {
  const methods: AnyAuthMethod[] = [];
  const shown: string[] = [];
  if (agent !== undefined) {
    const asked = onlyKeyFiles ? new AgentOfFiles(agent, keyFiles) : agent;
    methods.push({ type: 'agent', username, agent: asked });
    shown.push(`those of the agent${onlyKeyFiles ? ' that the configuration names' : ''}`);
  }
  for (const file of keyFiles) {
    const key = keyIn(file);
    if (typeof key !== 'string') methods.push({ type: 'publickey', username, key: key.text });
    else if (file === env.DOMES_SSH_KEY) throw new ScenarioError(`DOMES_SSH_KEY is ${file}: ${key}`);
    if (key !== ABSENT)
      shown.push(`${shortened(file)}${typeof key === 'string' ? ` (not used: ${key})` : ''}`);
  }
  return { methods, shown: shown.join(', ') || noneOf(keyFiles) };
}

/** An agent that shows no keys but those of certain files: their own, or those in the files beside them, `.pub`. */
class AgentOfFiles extends ssh2.OpenSSHAgent {
  readonly #blobs: ReadonlySet<string>;

  constructor(socket: string, files: readonly string[]) {
    super(socket);
    this.#blobs = new Set(
      files.flatMap((file) => [publicIn(`${file}.pub`), publicIn(file)]).filter((blob) => blob !== ''),
    );
  }

  override getIdentities(answer: IdentityCallback<ParsedKey>): void {
    super.getIdentities((error, keys) => {
      if (error) answer(error);
      else
        answer(
          undefined,
          keys?.filter((key) => 'getPublicSSH' in key && this.#blobs.has(blobOf(key))),
        );
    });
  }
}

/** '' where there is none that can be read. */
function publicIn(file: string): string {
  try {
    const key = ssh2.utils.parseKey(readFileSync(file));
    return key instanceof Error ? '' : blobOf(key);
  } catch {
    return '';
  }
}

function blobOf(key: ParsedKey): string {
  return key.getPublicSSH().toString('base64');
}

/** The key in a file, or why it can't be used. */
function keyIn(file: string): { readonly text: string } | string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? ABSENT : message;
  }
  const parsed = ssh2.utils.parseKey(text);
  if (!(parsed instanceof Error)) return { text };
  return /encrypted/i.test(parsed.message)
    ? 'it has a passphrase, for which an agent is needed: ssh-add'
    : parsed.message;
}

function noneOf(files: readonly string[]): string {
  return `none: there is no agent, and none of ${files.map(shortened).join(', ')}`;
}

function shortened(file: string): string {
  const home = `${homedir()}/`;
  return file.startsWith(home) ? `~/${file.slice(home.length)}` : file;
}
