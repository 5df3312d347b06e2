/**
 * The keys by which a server proves that it is the one it was: learned through a console or at the first connection,
 * and checked from then on.
 */
import { createHash } from 'node:crypto';

/** A line of a public key file: `ssh-ed25519 AAAA… comment`. */
const PUBLIC_LINE = /^(?:ssh-|ecdsa-sha2-|sk-)\S+ ([A-Za-z0-9+/]+={0,2})(?: |$)/;

export class HostKeys {
  readonly #known = new Set<string>();

  /** Whether there is a key to check against. */
  get isPinned(): boolean {
    return this.#known.size > 0;
  }

  /** Their fingerprints, as `ssh-keygen -l` shows them. */
  get fingerprints(): string[] {
    return [...this.#known].map((key) => fingerprint(Buffer.from(key, 'base64')));
  }

  /** Takes the public keys among the lines of a text; a server may have one of each kind. */
  learn(text: string): void {
    for (const line of text.split(/\r?\n/)) {
      const [, key] = PUBLIC_LINE.exec(line.trim()) ?? [];
      if (key !== undefined) this.#known.add(Buffer.from(key, 'base64').toString('base64'));
    }
  }

  /** Whether the server's key is a known one; the first that comes is trusted, where none is known. */
  accepts(key: Buffer): boolean {
    const text = key.toString('base64');
    if (!this.isPinned) this.#known.add(text);
    return this.#known.has(text);
  }

  /** The server is another one: a machine went back to a state in which it may have had no key. */
  forget(): void {
    this.#known.clear();
  }
}

export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}
