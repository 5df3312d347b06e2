import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { servedFolder } from './served-folder.ts';

const NAME = 'xen-4.17.5+1-g2:0@a,b;c=d&e$.rpm';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'domes-served-'));
  writeFileSync(join(folder, NAME), 'package');
  writeFileSync(join(folder, 'a b#c?d%.txt'), 'text');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  [`/${NAME}`, 200],
  // dnf escapes the plus sign, as RFC 3986 allows.
  [`/${encodeURIComponent(NAME)}`, 200],
  [`/${encodeURIComponent(NAME).toLowerCase()}`, 200],
  ['/xen.rpm', 404],
  ['/%2e%2e/%2e%2e/etc/passwd', 404],
  ['/..%2f..%2fetc%2fpasswd', 404],
  ['/%', 404],
])('GET %s is answered with %i', async (path, status) => {
  const server = createServer(servedFolder(folder)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    expect((await fetch(`http://127.0.0.1:${port}${path}`)).status).toBe(status);
  } finally {
    server.close();
  }
});
