/** Pristine files on another host, by their SHA-256: each is sent once, checked there, and appears by one rename. */
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { HostError } from '../../errors.ts';
import { sha256OfFile } from '../image/digest.ts';
import { defaultHome } from '../image/image-home.ts';
import { rememberedDigest } from '../image/remembered-digest.ts';
import type { SshCommand } from '../ssh/command.ts';
import { unlessAborted } from './connection.ts';
import type { There } from './there.ts';

/**
 * `$1`: the file; `$2`: the half of it; `$3`: its digest; `$4`: the lock. Prints `have` when there is nothing to do;
 * else `send`, reads the file, and prints `kept` or why not. One runner sends at a time, the others wait and then have it.
 */
const KEEP = `
umask 077
if test -f "$1"; then touch -c "$1"; echo have; exit 0; fi
exec flock "$4" /bin/sh -c '
  if test -f "$1"; then echo have; exit 0; fi
  echo send
  cat >"$2" || { rm -f "$2"; exit 1; }
  if test "$(sha256sum <"$2")" != "$3  -"; then rm -f "$2"; echo "other bytes arrived than were sent" >&2; exit 1; fi
  chmod 400 "$2" && mv -f "$2" "$1" && echo kept
' domes-keep "$@"
`;

const CHUNK_BYTES = 1 << 18;

/** What became of a file. */
export interface Brought {
  /** Its path there. */
  readonly path: string;
  /** 0 when it was there already. */
  readonly sentBytes: number;
}

export interface BringOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told how much of the file has gone, of how much, bytes: 0 at first; not called for one that is there. */
  readonly onSent?: ((bytes: number, total: number) => void) | undefined;
}

/**
 * Brings a file there, unless it is there.
 * @throws HostError with the host's words (a full disk, say); AbortError; the file system's own error.
 */
export async function bring(
  file: string,
  { connection, guard }: There,
  { signal, onSent }: BringOptions,
): Promise<Brought> {
  const digest = await rememberedDigest(defaultHome(), file, () => sha256OfFile(file, { signal }));
  const path = `${guard.cache}/${digest}`;
  // The guard removes it where we do not come to that.
  const half = `${path}.${guard.folder.replace(/^.*-/, '')}.part`;
  const argv = ['/bin/sh', '-c', KEEP, 'domes-keep', path, half, digest, `${guard.cache}/lock`];
  await using command = await connection.start(guard.marked(argv));
  let words = '';
  command.stderr.setEncoding('utf8').on('data', (text: string) => {
    words += text;
  });
  const said = createInterface({ input: command.stdout })[Symbol.asyncIterator]();
  const answers = [(await unlessAborted(said.next(), signal)).value];
  if (answers[0] === 'send') await send(file, command, { signal, onSent });
  command.stdin.end();
  for (let one = await said.next(); !one.done; one = await said.next()) answers.push(one.value);
  await unlessAborted(command.ended, signal);
  if (answers.at(-1) === 'have') return { path, sentBytes: 0 };
  if (answers.at(-1) === 'kept') return { path, sentBytes: (await stat(file)).size };
  throw new HostError(
    'DOMES_HOST_COPY',
    `host ${connection.address.name} can't keep ${file}: ${words.trim()}`,
    {
      next: `look at the room in ${guard.cache} there`,
    },
  );
}

/** Where the host gives up in the middle, its words say why. @throws AbortError; the file system's own error. */
async function send(
  file: string,
  { stdin, ended }: SshCommand,
  { signal, onSent }: BringOptions,
): Promise<void> {
  const { size } = await stat(file);
  let sent = 0;
  let isOver = false;
  onSent?.(sent, size);
  const over = ended
    .catch(() => {})
    .then(() => {
      isOver = true;
    });
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES })) {
    if (isOver) return;
    if (!stdin.write(chunk)) await unlessAborted(Promise.race([once(stdin, 'drain'), over]), signal);
    sent += chunk.length;
    onSent?.(sent, size);
  }
}
