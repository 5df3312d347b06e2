/** Which images each bench boots, so that `npm run bench -- NAME` builds no other. Plain JavaScript, as run.mjs is. */

export const BENCH_IMAGES = {
  boot: ['slim-dom0'],
  fatal: ['slim-dom0'],
  expect: [],
  diagnosis: [],
  login: ['rpm-dom0', 'debian-guest'],
  orphans: [],
  remote: ['slim-dom0'],
  replay: ['slim-dom0'],
  report: ['slim-dom0'],
  snapshot: ['slim-dom0'],
  ssh: ['rpm-dom0'],
  typing: ['slim-dom0'],
};

/** Of the named benches; of all of them without a name. An unknown name needs none: the benches refuse it. */
export function benchImages(names) {
  const wanted = names.length === 0 ? Object.keys(BENCH_IMAGES) : names;
  return [
    ...new Set(wanted.flatMap((name) => (Object.hasOwn(BENCH_IMAGES, name) ? BENCH_IMAGES[name] : []))),
  ];
}
