/** What was different between two runs of a scenario: the usual suspects of a regression. */
import type { HistoryLine } from './history.ts';

/** In words: `image slim-dom0 7a79179 → 9bc1d02`, `QEMU 7.2.22 → 8.1.0`. */
export function changesBetween(before: HistoryLine, after: HistoryLine): string[] {
  const changes: string[] = [];
  const compare = (name: string, from: string | undefined, to: string | undefined) => {
    if (from !== undefined && to !== undefined && from !== to) changes.push(`${name} ${from} → ${to}`);
  };
  for (const machine of after.machines) {
    const same = before.machines.find(({ name }) => name === machine.name);
    if (!same) continue;
    compare(`image ${machine.image.name}`, short(same.image.digest), short(machine.image.digest));
    compare('QEMU', same.qemuVersion.split(' ')[0], machine.qemuVersion.split(' ')[0]);
  }
  compare('domes', before.versions.domes, after.versions.domes);
  compare('Node', before.versions.node, after.versions.node);
  return [...new Set(changes)];
}

function short(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 10);
}
