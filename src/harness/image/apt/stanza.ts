/** What `apt-cache show` prints: stanzas of `Field: value` lines (deb-control(5)), one for each package version. */

export interface PackageStanza {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly sha256: string;
  /** Bytes of the package file. */
  readonly size: number;
  /** Names in Depends, alternatives included, without versions. */
  readonly depends: readonly string[];
}

/** Reads all stanzas that describe a package file; those without a digest (installed only) are left out. */
export function parseStanzas(text: string): PackageStanza[] {
  return text.split(/\n{2,}/).flatMap((stanza) => {
    const fields = parseFields(stanza);
    const [name, version, sha256] = [fields.get('Package'), fields.get('Version'), fields.get('SHA256')];
    if (!name || !version || !sha256) return [];
    return [
      {
        name,
        version,
        sha256,
        architecture: fields.get('Architecture') ?? '',
        size: Number(fields.get('Size') ?? 0),
        depends: parseDepends(fields.get('Depends') ?? ''),
      },
    ];
  });
}

function parseFields(stanza: string): Map<string, string> {
  const fields = new Map<string, string>();
  let current = '';
  for (const line of stanza.split('\n')) {
    const start = /^([A-Za-z0-9-]+):\s*(.*)$/.exec(line);
    if (start) {
      current = start[1] as string;
      fields.set(current, start[2] as string);
    } else if (/^\s/.test(line)) {
      // A line that starts with a space continues the field above.
      fields.set(current, `${fields.get(current) ?? ''} ${line.trim()}`);
    }
  }
  return fields;
}

/** `linux-image-6.1.0-56-amd64 (= 6.1.192-2), a:any | b` → `linux-image-6.1.0-56-amd64`, `a`, `b`. */
function parseDepends(value: string): string[] {
  return value
    .split(/[,|]/)
    .map((part) => part.trim().replace(/[\s:(].*$/s, ''))
    .filter((name) => name !== '');
}
