/** The examples in docs/ci: YAML that its reader takes, and scripts that do what they say, with npm and git stood in for. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';

const FOLDER = join(import.meta.dirname, '../docs/ci');
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yml'));

// biome-ignore lint/suspicious/noExplicitAny: what a YAML file holds
function documentsIn(name: string): any[] {
  const documents = parseAllDocuments(readFileSync(join(FOLDER, name), 'utf8'), { strict: true });
  return [...documents].map((document) => {
    expect([...document.errors, ...document.warnings]).toEqual([]);
    return document.toJS();
  });
}

test.each(files)('%s is YAML, and docs/ci/README.md names it', (name) => {
  expect(documentsIn(name).length).toBeGreaterThan(0);
  expect(readFileSync(join(FOLDER, 'README.md'), 'utf8')).toContain(`(${name})`);
});

test('on GitHub each job has a shard of its own, and the report has what they keep', () => {
  const [{ jobs }] = documentsIn('github-actions.yml');
  const { strategy, steps } = jobs.shard;
  expect(strategy.matrix.shard).toEqual([1, 2, 3]);
  const commands = steps.flatMap((step: { run?: string }) => step.run ?? []);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: GitHub's own expressions
  const shard = '--shard=${{ matrix.shard }}/${{ strategy.job-total }}';
  expect(commands).toEqual([
    // In a container `github.workspace` is a path of the host; the variable is right.
    'echo "DOMES_CACHE=$GITHUB_WORKSPACE/.cache/domes" >> "$GITHUB_ENV"',
    `npm run nightly -- --reporter=default --reporter=blob ${shard}`,
  ]);
  const kept = steps.find((step: { uses?: string }) => step.uses?.startsWith('actions/upload-artifact'));
  expect(kept.with.path.trim().split('\n')).toEqual(['.vitest-reports', 'reports/runs']);
  expect(jobs.report.needs).toBe('shard');
});

test('on GitLab as well', () => {
  const [{ nightly, report }] = documentsIn('gitlab-ci.yml');
  expect(nightly.parallel).toBe(3);
  expect(nightly.script).toEqual([
    'npm run nightly -- --reporter=default --reporter=blob --shard=$CI_NODE_INDEX/$CI_NODE_TOTAL',
  ]);
  expect(nightly.artifacts.paths).toEqual(['.vitest-reports', 'reports/runs']);
  expect([report.needs, report.script.at(-1)]).toEqual([['nightly'], 'npx vitest run --merge-reports']);
});

describe('on Kubernetes', () => {
  let root: string;
  let programs: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'ci-examples-'));
    programs = join(root, 'bin');
    mkdirSync(programs);
    mkdirSync(join(root, 'shared'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function standIn(name: string, script: string): void {
    writeFileSync(join(programs, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(programs, name), 0o755);
  }

  /** Runs the script of a Job's container, in folders of this test; answers its status. */
  function run(name: string, env: Record<string, string> = {}): number {
    const job = documentsIn(name).find(({ kind }) => kind === 'Job');
    const [container] = job.spec.template.spec.containers;
    const [script] = container.args;
    const declared = Object.fromEntries(
      container.env.map((one: { name: string; value: string }) => [one.name, one.value]),
    );
    const [shell, ...options] = container.command;
    try {
      const text = script.replaceAll('/shared', `${root}/shared`).replaceAll('/domes', `${root}/domes`);
      const environment = { ...declared, ...env, PATH: `${programs}:${process.env.PATH}` };
      execFileSync(shell, [...options, text], { env: environment, stdio: 'ignore' });
      return 0;
    } catch (error) {
      return (error as { status: number }).status;
    } finally {
      rmSync(join(root, 'domes'), { recursive: true, force: true });
    }
  }

  const said = () => readFileSync(join(root, 'said'), 'utf8').trim().split('\n');

  test('each pod runs the shard of its index, and their results come together', () => {
    standIn('git', `mkdir -p ${root}/domes`);
    standIn(
      'npm',
      `echo "npm $*" >>${root}/said
      mkdir -p .vitest-reports reports/runs/$JOB_COMPLETION_INDEX
      echo x >.vitest-reports/blob-$JOB_COMPLETION_INDEX
      exit "$JOB_COMPLETION_INDEX"`,
    );
    const statuses = ['0', '1', '2'].map((index) =>
      run('kubernetes-shards.yml', { JOB_COMPLETION_INDEX: index }),
    );
    // A scenario that fails is the report's to tell.
    expect(statuses).toEqual([0, 0, 0]);
    expect(said()).toEqual(
      [1, 2, 3].map((shard) => `npm run nightly -- --reporter=default --reporter=blob --shard=${shard}/3`),
    );

    standIn('npm', 'exit 0');
    standIn(
      'npx',
      `echo "npx $*: $(ls .vitest-reports | tr '\\n' ' ')$(ls reports/runs | tr '\\n' ' ')" >>${root}/said
      mkdir -p reports/history
      echo x >reports/index.html
      exit 1`,
    );
    expect(run('kubernetes-report.yml')).toBe(1);
    expect(said().at(-1)).toBe('npx vitest run --merge-reports: blob-0 blob-1 blob-2 0 1 2');
    expect(readdirSync(join(root, 'shared')).sort()).toEqual(['history', 'report']);
  });

  test('a pod without results fails, so that it is tried again', () => {
    standIn('git', `mkdir -p ${root}/domes`);
    standIn('npm', 'exit 3');
    expect(run('kubernetes-shards.yml', { JOB_COMPLETION_INDEX: '0' })).not.toBe(0);
  });

  test('there are as many shards as pods', () => {
    const job = documentsIn('kubernetes-shards.yml').find(({ kind }) => kind === 'Job');
    const shards = job.spec.template.spec.containers[0].env.find(
      ({ name }: { name: string }) => name === 'SHARDS',
    );
    expect([job.spec.completionMode, job.spec.completions]).toEqual(['Indexed', Number(shards.value)]);
  });
});
