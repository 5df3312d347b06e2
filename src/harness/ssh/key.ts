/** The key by which domes logs in to its guests. Made anew for each machine; its secret half is in memory alone. */
import ssh2 from 'ssh2';

/** The end of the public line, by which an older key of ours is found in a guest that was saved and restored. */
export const KEY_COMMENT = 'domes';

export interface SshKey {
  /** As in authorized_keys: `ssh-ed25519 AAAA… domes`. */
  readonly publicLine: string;
  /** OpenSSH's own format. */
  readonly privateText: string;
}

export function newSshKey(): SshKey {
  for (;;) {
    const { public: line, private: privateText } = ssh2.utils.generateKeyPairSync('ed25519', {
      comment: KEY_COMMENT,
    });
    // One in 256 is cut short, with a public half that begins with a zero byte (ssh2 1.17, keygen.js).
    if (!(ssh2.utils.parseKey(privateText) instanceof Error)) return { publicLine: line.trim(), privateText };
  }
}
