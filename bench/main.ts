/** `npm run bench [-- boot|fatal|expect|…]`: measures, prints figures and ratios; asserts nothing. */

import { benchFatalLine } from './boot/fatal-line.ts';
import { benchBoot } from './boot/main.ts';
import { soak } from './typing/soak.ts';

const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  boot: () => benchBoot(5),
  fatal: () => benchFatalLine(3),
  expect: async () => void (await import('./expect/main.ts')),
  diagnosis: async () => void (await import('./diagnosis/main.ts')),
  login: async () => (await import('./login/main.ts')).benchLogin(3),
  orphans: async () => void (await import('./orphans/main.ts')),
  remote: async () => (await import('./remote/main.ts')).benchRemote(3),
  replay: async () => (await import('./replay/main.ts')).benchReplay(3),
  report: async () => void (await import('./report/main.ts')),
  snapshot: async () => (await import('./snapshot/main.ts')).benchSnapshot(5),
  ssh: async () => (await import('./ssh/main.ts')).benchSsh(),
  typing: () => soak(1_000, { echoer: 'terminal', port: 'virtio' }),
};

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !(name in BENCHES));
if (unknown !== undefined) {
  console.error(`no bench "${unknown}"; there are: ${Object.keys(BENCHES).join(', ')}`);
  process.exit(2);
}
for (const [name, run] of Object.entries(BENCHES))
  if (wanted.length === 0 || wanted.includes(name)) await run();
