/**
 * The entry of `npm start`, `npm test`, `npm run nightly` and `npm run bench`: does all set-up that is still to do
 * (host packages, npm packages, images), then the job. Plain JavaScript: it runs before node_modules exists.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { benchImages } from './bench-images.mjs';
import { run } from './child.mjs';
import { programsFor } from './host-packages.mjs';
import { installPackages } from './install-packages.mjs';
import { installNodeModules } from './node-modules.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const VITEST = ['node_modules/vitest/vitest.mjs', 'run'];

/**
 * What each job needs: the images to have ready (`all`: every one of the manifest; or what its arguments want), and the
 * program to run in node.
 */
const JOBS = {
  start: { images: ['slim-dom0'], node: [...VITEST, 'scenarios/xen-pv.test.ts'] },
  test: { images: ['slim-dom0', 'rpm-dom0', 'debian-guest'], node: VITEST },
  nightly: { images: 'all', node: [...VITEST, 'scenarios'], env: { DOMES_NIGHTLY: '1' } },
  bench: {
    images: benchImages,
    node: ['--import', 'tsx', 'bench/main.ts'],
    purpose: 'bench',
  },
};

process.exitCode = await main(process.argv.slice(2));

async function main([name, ...args]) {
  const job = jobOf(name, args);
  if (!job) {
    process.stderr.write(`usage: node setup/run.mjs ${Object.keys(JOBS).join('|')} [arguments…]\n`);
    return 2;
  }
  const old = outdatedNode();
  if (old) {
    process.stderr.write(`domes: ${old}\n`);
    return 1;
  }
  process.chdir(root);
  return (
    (await installPackages(neededPrograms(job))) ||
    (await installNodeModules(root)) ||
    (await buildImages(job.images)) ||
    (await run(process.execPath, [...job.node, ...args], { env: { ...process.env, ...job.env } }))
  );
}

function jobOf(name, args) {
  const job = Object.hasOwn(JOBS, name) ? JOBS[name] : undefined;
  return typeof job?.images === 'function' ? { ...job, images: job.images(args) } : job;
}

/** A sentence when this Node is older than package.json's `engines` asks for. */
function outdatedNode() {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const [major, minor] = /(\d+)\.(\d+)/.exec(engines.node).slice(1).map(Number);
  const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number);
  if (ownMajor > major || (ownMajor === major && ownMinor >= minor)) return undefined;
  return `Node ${process.version} is too old: this needs Node ${engines.node} (nodejs.org, or your distribution's backports)`;
}

/** Programs for running, and for building those of the job's images that are made from a recipe. */
function neededPrograms({ images, purpose }) {
  const tools = recipeTools(images);
  return [
    ...programsFor('run'),
    ...(tools.length > 0 ? programsFor('recipe') : []),
    ...tools,
    ...(purpose ? programsFor(purpose) : []),
  ];
}

function recipeTools(images) {
  try {
    const manifest = JSON.parse(readFileSync('images.manifest.json', 'utf8')).images;
    return Object.entries(manifest)
      .filter(([name, { source }]) => source.kind === 'recipe' && (images === 'all' || images.includes(name)))
      .flatMap(
        ([, { source }]) => JSON.parse(readFileSync(join(source.recipe, 'recipe.json'), 'utf8')).tools,
      );
  } catch {
    // A mistake in these files: `domes images build` comes next and names file and field.
    return [];
  }
}

function buildImages(images) {
  // Without a name, all would be built.
  if (images.length === 0) return 0;
  const names = images === 'all' ? [] : images;
  return run(process.execPath, ['bin/domes.mjs', 'images', 'build', ...names]);
}
