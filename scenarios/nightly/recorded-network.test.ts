/** A recorded machine with a disk and a network: what came over the cable is in the recording, and comes again. */
import { beforeAll, expect, test } from '../../src/harness/index.ts';
import { capsuleOf, replayed } from '../replay/recorded-failure.ts';

// A recording is of this host.
beforeAll(() => {
  delete process.env.DOMES_HOST;
});

const PATIENCE = { timeout: 900_000 };

let capsule: string | undefined;

test('yum reads its repository over the network, and fails, recorded', PATIENCE, async ({ launch }) => {
  const machine = await launch('rpm-dom0', { determinism: 'recorded' });
  const shell = await machine.logIn({ user: 'root', password: 'domes' });
  const failure = await shell.succeed('yum -y install no-such-package').catch((error: unknown) => error);
  expect(failure).toMatchObject({ failureClass: 'package-manager/package-not-found' });
  capsule = capsuleOf(failure);
});

test('its replay prints the same bytes, with nobody at the other end of the cable', PATIENCE, async () => {
  expect(await replayed(capsule as string)).toMatchObject({ is: 'identical' });
});
