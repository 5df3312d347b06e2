/**
 * Ways in which a package manager fails, each for real: the class is named, and the wait for the command ends with the
 * line that proves it. With the fault taken away the same command goes through.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { checkpoint, expect, type Machine, test } from '../src/harness/index.ts';

const ROOT = { user: 'root', password: 'domes' };
/** 40 MB of zeros, in an rpm of 7 kB. */
const INSTALL = 'yum -y install domes-ballast';
const KEY = 'gpg-pubkey-7ef9967d-6483bd00';
const KEY_FILE = '/etc/pki/rpm-gpg/RPM-GPG-KEY-domes';
/** dnf is a large Python program, emulated. Its failures are known long before. */
const PATIENCE = { timeout: 120_000 };
/** From the last line that counts to the error. */
const AT_ONCE_MS = 1_000;

const loggedIn = checkpoint('logged-in', { image: 'rpm-dom0' }, async (machine) => {
  const grub = await machine.grub();
  grub.boot();
  await machine.logIn(ROOT);
});

test('the repository is unreachable', async ({ resume }) => {
  const machine = await resume(loggedIn);
  await machine.http.stop();
  await fails(machine, INSTALL, 'package-manager/repo-unreachable');
  expect(machine.http.requests).toEqual([]);
  await machine.http.start();
  await installs(machine);
  expect(machine.http.requests.map(({ path }) => path)).toContainEqual(
    expect.stringMatching(/domes-ballast.*\.rpm$/),
  );
});

test('no repository has the package', async ({ resume }) => {
  const machine = await resume(loggedIn);
  // Spelled rightly it is found: see all the others.
  await fails(machine, 'yum -y install domes-balast', 'package-manager/package-not-found');
});

test('a package is not what the repository promised', async ({ resume }) => {
  const machine = await resume(loggedIn);
  const { rpm, bytes } = ballast(machine);
  writeFileSync(rpm, changed(bytes, bytes.length - 1));
  await fails(machine, INSTALL, 'package-manager/checksum-mismatch');
  writeFileSync(rpm, bytes);
  await installs(machine);
});

test('a package is not what was signed, though the repository promises it', async ({ resume }) => {
  const machine = await resume(loggedIn);
  const { rpm, bytes } = ballast(machine);
  const tampered = changed(bytes, bytes.indexOf('40 MB'));
  writeFileSync(rpm, tampered);
  promise(machine, bytes, tampered);
  await fails(machine, INSTALL, 'package-manager/signature-invalid');
  const shell = await machine.shell();
  const signatures = await shell.run('rpmkeys --checksig --verbose /var/cache/dnf/*/packages/*.rpm');
  expect(signatures.output).toMatch(/Header V4 RSA\/SHA256 Signature, key ID 7ef9967d: BAD/);

  writeFileSync(rpm, bytes);
  promise(machine, tampered, bytes);
  await shell.succeed('yum clean all');
  await installs(machine);
});

test('the key that the packages are signed with is missing', async ({ resume }) => {
  const machine = await resume(loggedIn);
  const shell = await machine.shell();
  await shell.succeed(`rpm -e ${KEY} && mv ${KEY_FILE} /root/key`);
  await fails(machine, INSTALL, 'package-manager/gpg-key-missing');
  await shell.succeed(`mv /root/key ${KEY_FILE}`);
  await installs(machine);
  expect(await shell.succeed(`rpm -q ${KEY}`)).toBe(KEY);
});

test('the disk is full', async ({ resume }) => {
  const machine = await resume(loggedIn);
  const shell = await machine.shell();
  // All but 8 MB of what is free, in blocks.
  await shell.succeed('fallocate -l $(( ($(stat -fc %a /) - 2000) * $(stat -fc %S /) )) /fill');
  await fails(machine, INSTALL, 'package-manager/disk-full');
  await shell.succeed('rm /fill');
  await installs(machine);
});

test('another yum holds the lock', async ({ resume }) => {
  const machine = await resume(loggedIn);
  const other = await machine.logIn(ROOT, 'console');
  // dnf locks while it downloads and installs, not while it asks: somebody has suspended one that is at it.
  await other.console.sendLine(INSTALL);
  await other.console.expect(/Installing +: /, PATIENCE);
  other.console.press('ctrl-z');
  await other.console.expect('Stopped');
  await fails(machine, 'yum -y update', 'package-manager/lock-held');

  // The other one has gone on waiting all the same, as dnf does.
  // Its progress bar, as wide as the terminal, would take the serial port seconds.
  await other.console.sendLine('stty cols 80; fg');
  await other.console.expect('Complete!', PATIENCE);
  const shell = await machine.shell();
  expect(await shell.succeed('rpm -q domes-release', PATIENCE)).toMatch(/^domes-release-1\.0-2/);
  await installs(machine);
});

/** The command fails with this class, at once: with the line that says so. */
async function fails(machine: Machine, command: string, failureClass: string): Promise<void> {
  const shell = await machine.shell();
  await expect(shell.succeed(command, PATIENCE)).rejects.toMatchObject({
    name: 'KnownFailureError',
    failureClass,
  });
  const lastWord = Math.max(...machine.diagnosis.findings.map(({ evidence }) => evidence.atMs));
  expect(machine.clock() - lastWord).toBeLessThan(AT_ONCE_MS);
}

/** Nothing is in the way: `succeed` would report any failure of the package manager. */
async function installs(machine: Machine): Promise<void> {
  const shell = await machine.shell();
  expect(await shell.succeed(INSTALL, PATIENCE)).toContain('Complete!');
}

/** The package in this machine's own copy of the repository. */
function ballast(machine: Machine): { readonly rpm: string; readonly bytes: Buffer } {
  const folder = join(machine.http.folder, 'repository');
  const name = readdirSync(folder).find((file) => /^domes-ballast-.*\.rpm$/.test(file));
  const rpm = join(folder, name as string);
  return { rpm, bytes: readFileSync(rpm) };
}

/** The same, but for one byte. */
function changed(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] as number) ^ 1;
  return copy;
}

/** Makes the repository's metadata promise other bytes: as createrepo would, had it been given them. */
function promise(machine: Machine, before: Buffer, after: Buffer): void {
  const folder = join(machine.http.folder, 'repository/repodata');
  let index = readFileSync(join(folder, 'repomd.xml'), 'utf8');
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.xml.gz'))) {
    const packed = readFileSync(join(folder, name));
    const xml = gunzipSync(packed);
    const newXml = Buffer.from(xml.toString().replaceAll(sha256(before), sha256(after)));
    const newPacked = gzipSync(newXml);
    writeFileSync(join(folder, name), newPacked);
    index = index
      .replace(sha256(packed), sha256(newPacked))
      .replace(sha256(xml), sha256(newXml))
      .replace(`<size>${packed.length}</size>`, `<size>${newPacked.length}</size>`);
  }
  writeFileSync(join(folder, 'repomd.xml'), index);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
