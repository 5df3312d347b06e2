import { expect, test } from 'vitest';
import {
  GUEST_TROUBLE,
  HOST_TROUBLE,
  sampleFailure,
  sampleMachine,
  sampleRun,
  sampleScenario,
  sampleTest,
} from './fixtures/sample-run.ts';
import { junitOf } from './junit.ts';
import { propertiesOf } from './properties.ts';

test('a guest that failed: failure with its class, milestones as properties, the console tail', () => {
  expect(junitOf(sampleRun([sampleFailure()]))).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="domes" tests="1" failures="1" errors="0" time="12.346">
      <testsuite name="scenarios/xen-pv.test.ts" timestamp="2025-11-22T10:55:12.900Z" tests="1" failures="1" errors="0" time="12.346" skipped="0">
        <properties>
          <property name="run.id" value="2025-11-22T10-55-12Z-3f9a"/>
          <property name="domes" value="0.1.0"/>
          <property name="node" value="v20.20.2"/>
          <property name="vitest" value="4.1.12"/>
        </properties>
        <testcase classname="scenarios/xen-pv.test.ts" name="boots a guest" time="12.346" file="scenarios/xen-pv.test.ts">
          <properties>
            <property name="failure.class" value="guest-kernel/no-root-device"/>
            <property name="failure.code" value="DOMES_KNOWN_FAILURE"/>
            <property name="failure.blame" value="guest"/>
            <property name="folder" value="reports/runs/2025-11-22T10-55-12Z-3f9a/xen-pv/boots-a-guest"/>
            <property name="host.cpus" value="2"/>
            <property name="host.loadBefore" value="0.42"/>
            <property name="host.loadAfter" value="1.2"/>
            <property name="harness.cpuMs" value="310"/>
            <property name="machine" value="dom0"/>
            <property name="accelerator" value="tcg"/>
            <property name="qemu.version" value="7.2.22 (Debian 1:7.2)"/>
            <property name="qemu.cpuMs" value="10800"/>
            <property name="image.name" value="slim-dom0"/>
            <property name="image.digest" value="sha256:5f1c"/>
            <property name="machine.ranMs" value="11900"/>
            <property name="milestone.firmware.stage" value="firmware"/>
            <property name="milestone.firmware.atMs" value="410"/>
            <property name="milestone.firmware.tookMs" value="410"/>
            <property name="milestone.bootloader.stage" value="bootloader"/>
            <property name="milestone.bootloader.atMs" value="1300"/>
            <property name="milestone.bootloader.tookMs" value="890"/>
            <property name="milestone.bootloader.budgetMs" value="5000"/>
            <property name="milestone.hypervisor.stage" value="hypervisor"/>
            <property name="milestone.hypervisor.atMs" value="3100"/>
            <property name="milestone.hypervisor.tookMs" value="1800"/>
            <property name="milestone.hypervisor.budgetMs" value="3000"/>
            <property name="milestone.dom0 ready.stage" value="userspace"/>
            <property name="milestone.dom0 ready.atMs" value="5600"/>
            <property name="milestone.dom0 ready.tookMs" value="2500"/>
            <property name="milestone.dom0 ready.budgetMs" value="12000"/>
            <property name="milestone.guest shell.stage" value="guest-userspace"/>
            <property name="milestone.guest shell.budgetMs" value="15000"/>
            <property name="console.com1.log" value="xen-pv/boots-a-guest/dom0.com1.log"/>
            <property name="console.com1.retyped" value="2"/>
          </properties>
          <failure message="console &quot;com1&quot; did not print &quot;login: &quot; (waited 90 s)" type="guest-kernel/no-root-device">KnownFailureError: console "com1" did not print "login: " (waited 90 s)
      blame       guest
      at scenarios/xen-pv.test.ts:31:22</failure>
          <system-out>── dom0 ▸ com1 (reports/runs/2025-11-22T10-55-12Z-3f9a/xen-pv/boots-a-guest/dom0.com1.log)
        9.210 │ VFS: Cannot open root device "xvda1" &lt;or&gt; unknown-block(0,0)
        9.214 │ Kernel panic - not syncing: ␛[31mVFS␀ ]]&gt; &amp; "quotes"</system-out>
        </testcase>
      </testsuite>
    </testsuites>
    "
  `);
});

test('trouble of the host is an error, and so are a file that did not load and an unhandled rejection; a hook says itself', () => {
  const { scenario: _, ...bare } = sampleTest({ state: 'errored', troubles: [HOST_TROUBLE, GUEST_TROUBLE] });
  const run = sampleRun([bare], {
    troubles: [
      {
        origin: 'module',
        file: 'scenarios/broken.test.ts',
        name: 'scenarios/broken.test.ts',
        trouble: HOST_TROUBLE,
      },
      { origin: 'suite', file: bare.file, name: 'menus', trouble: GUEST_TROUBLE },
      { origin: 'run', name: 'Unhandled Rejection', trouble: HOST_TROUBLE },
    ],
  });
  expect(junitOf(run)).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="domes" tests="4" failures="1" errors="3" time="12.346">
      <testsuite name="scenarios/xen-pv.test.ts" timestamp="2025-11-22T10:55:12.900Z" tests="2" failures="1" errors="1" time="12.346" skipped="0">
        <properties>
          <property name="run.id" value="2025-11-22T10-55-12Z-3f9a"/>
          <property name="domes" value="0.1.0"/>
          <property name="node" value="v20.20.2"/>
          <property name="vitest" value="4.1.12"/>
        </properties>
        <testcase classname="scenarios/xen-pv.test.ts" name="boots a guest" time="12.346" file="scenarios/xen-pv.test.ts">
          <properties>
            <property name="failure.class" value="DOMES_QEMU_LAUNCH"/>
            <property name="failure.code" value="DOMES_QEMU_LAUNCH"/>
            <property name="failure.blame" value="host"/>
          </properties>
          <error message="QEMU did not start" type="DOMES_QEMU_LAUNCH">QemuLaunchError: QEMU did not start
      at scenarios/xen-pv.test.ts:12:9</error>
          <system-out>also: KnownFailureError: console "com1" did not print "login: " (waited 90 s)
      blame       guest
      at scenarios/xen-pv.test.ts:31:22</system-out>
        </testcase>
        <testcase classname="scenarios/xen-pv.test.ts" name="menus (hooks)" time="0.000" file="scenarios/xen-pv.test.ts">
          <properties>
            <property name="failure.class" value="guest-kernel/no-root-device"/>
            <property name="failure.code" value="DOMES_KNOWN_FAILURE"/>
            <property name="failure.blame" value="guest"/>
          </properties>
          <failure message="console &quot;com1&quot; did not print &quot;login: &quot; (waited 90 s)" type="guest-kernel/no-root-device">KnownFailureError: console "com1" did not print "login: " (waited 90 s)
      blame       guest
      at scenarios/xen-pv.test.ts:31:22</failure>
        </testcase>
      </testsuite>
      <testsuite name="scenarios/broken.test.ts" timestamp="2025-11-22T10:55:12.000Z" tests="1" failures="0" errors="1" time="0.000" skipped="0">
        <properties>
          <property name="run.id" value="2025-11-22T10-55-12Z-3f9a"/>
          <property name="domes" value="0.1.0"/>
          <property name="node" value="v20.20.2"/>
          <property name="vitest" value="4.1.12"/>
        </properties>
        <testcase classname="scenarios/broken.test.ts" name="scenarios/broken.test.ts" time="0.000" file="scenarios/broken.test.ts">
          <properties>
            <property name="failure.class" value="DOMES_QEMU_LAUNCH"/>
            <property name="failure.code" value="DOMES_QEMU_LAUNCH"/>
            <property name="failure.blame" value="host"/>
          </properties>
          <error message="QEMU did not start" type="DOMES_QEMU_LAUNCH">QemuLaunchError: QEMU did not start
      at scenarios/xen-pv.test.ts:12:9</error>
        </testcase>
      </testsuite>
      <testsuite name="run" timestamp="2025-11-22T10:55:12.000Z" tests="1" failures="0" errors="1" time="0.000" skipped="0">
        <properties>
          <property name="run.id" value="2025-11-22T10-55-12Z-3f9a"/>
          <property name="domes" value="0.1.0"/>
          <property name="node" value="v20.20.2"/>
          <property name="vitest" value="4.1.12"/>
        </properties>
        <testcase classname="run" name="Unhandled Rejection" time="0.000">
          <properties>
            <property name="failure.class" value="DOMES_QEMU_LAUNCH"/>
            <property name="failure.code" value="DOMES_QEMU_LAUNCH"/>
            <property name="failure.blame" value="host"/>
          </properties>
          <error message="QEMU did not start" type="DOMES_QEMU_LAUNCH">QemuLaunchError: QEMU did not start
      at scenarios/xen-pv.test.ts:12:9</error>
        </testcase>
      </testsuite>
    </testsuites>
    "
  `);
});

test('skipped with its reason; a retry that passed keeps what went wrong before', () => {
  const { scenario: _, ...bare } = sampleTest();
  const run = sampleRun([
    { ...bare, name: 'needs kvm', state: 'skipped', reason: 'no usable /dev/kvm', tookMs: 0 },
    { ...bare, name: 'flaky', retries: 1, troubles: [HOST_TROUBLE] },
  ]);
  const xml = junitOf(run);
  expect(xml).toContain('<skipped message="no usable /dev/kvm"/>');
  expect(xml).toContain('<property name="retries" value="1"/>');
  expect(xml).toContain('<system-out>earlier try: QemuLaunchError');
  expect(xml).toMatch(/<testsuite [^>]*tests="2" failures="0" errors="0" time="12.346" skipped="1">/);
});

test('the first machine has plain property names, the second has its own before them', () => {
  const pair = sampleTest({ scenario: sampleScenario(sampleMachine(), sampleMachine({ name: 'client' })) });
  const names = [...junitOf(sampleRun([pair])).matchAll(/property name="([^"]+atMs)"/g)].map(
    ([, name]) => name,
  );
  expect(names).toContain('milestone.guest shell.atMs');
  expect(names).toContain('client.milestone.guest shell.atMs');
  expect(new Set(names).size).toBe(names.length);
});

test('how a machine ran, its virtual time, and why its budgets were not checked; nothing of it for a live one', () => {
  const recorded = sampleMachine({
    determinism: 'recorded',
    budgetsUnchecked: 'DOMES_RECORD=on-failure',
    milestones: [{ name: 'kernel', stage: 'kernel', atMs: 9_000, tookMs: 9_000, virtualMs: 14_000 }],
  });
  const properties = (machine = sampleMachine()) =>
    Object.fromEntries(propertiesOf(sampleTest({ scenario: sampleScenario(machine) })));
  expect(properties(recorded)).toMatchObject({
    determinism: 'recorded',
    'budgets.unchecked': 'DOMES_RECORD=on-failure',
    'milestone.kernel.virtualMs': 14_000,
  });
  expect(properties(recorded)).not.toHaveProperty(['milestone.kernel.budgetMs']);
  expect(junitOf(sampleRun([sampleTest({ scenario: sampleScenario(recorded) })]))).toContain(
    '<property name="budgets.unchecked" value="DOMES_RECORD=on-failure"/>',
  );
  expect(Object.keys(properties()).filter((name) => /determinism|unchecked|virtualMs/.test(name))).toEqual(
    [],
  );
});
