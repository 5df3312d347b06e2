/** The guests (VMs) that the toolstack of XCP-ng and XenServer knows, as `xe` prints them. */
import { ScenarioError } from '../../errors.ts';

export interface Vm {
  readonly uuid: string;
  /** Its name for people; several may have the same. */
  readonly nameLabel: string;
  /** `running`, `halted`, `paused` or `suspended`. */
  readonly powerState: string;
  /** Its number in Xen of the host that it is on; -1 without one. */
  readonly domid: number;
}

/** Prints all VMs where there is an `xe`, and nothing in another dom0. */
export const LIST_VMS =
  'if command -v xe >/dev/null; then xe vm-list params=uuid,name-label,power-state,dom-id; fi';

/** Parses what LIST_VMS prints: records of `key ( RW): value`, with blank lines between them. */
export function parseVms(output: string): Vm[] {
  return output
    .split(/(?:\r?\n[ \t]*){2,}/)
    .map((record) => {
      const value = (key: string) =>
        new RegExp(`^\\s*${key} \\(\\s?[SM]?R[WO]\\)\\s*: ?(.*?)\\r?$`, 'm').exec(record)?.[1] ?? '';
      return {
        uuid: value('uuid'),
        nameLabel: value('name-label'),
        powerState: value('power-state'),
        domid: Number(value('dom-id') || -1),
      };
    })
    .filter(({ uuid }) => uuid !== '');
}

/**
 * The VM with this name-label or uuid, which has a console now.
 * @throws ScenarioError when there is none, when several have the name, or when it does not run.
 */
export function runningVm(vms: readonly Vm[], wanted: string): Vm {
  const byUuid = vms.find(({ uuid }) => uuid === wanted.toLowerCase());
  const named = byUuid ? [byUuid] : vms.filter(({ nameLabel }) => nameLabel === wanted);
  const [vm] = named;
  if (!vm) {
    const names = vms.map(({ nameLabel }) => `"${nameLabel}"`).join(', ') || 'there are none';
    throw new ScenarioError(`xe knows no VM "${wanted}", by name-label or uuid`, {
      next: `its VMs: ${names}`,
    });
  }
  if (named.length > 1)
    throw new ScenarioError(`${named.length} VMs have the name-label "${wanted}"`, {
      next: `join one by its uuid: ${named.map(({ uuid, powerState }) => `${uuid} (${powerState})`).join(', ')}`,
    });
  if (vm.powerState === 'halted' || vm.powerState === 'suspended') {
    const command = vm.powerState === 'halted' ? 'vm-start' : 'vm-resume';
    throw new ScenarioError(`VM "${vm.nameLabel}" is ${vm.powerState}: it has no console`, {
      next: `in dom0: xe ${command} uuid=${vm.uuid}`,
    });
  }
  if (vm.domid < 0)
    throw new ScenarioError(`VM "${vm.nameLabel}" has no number in Xen yet, or not on this host`, {
      next: `in dom0: xe vm-param-get param-name=resident-on uuid=${vm.uuid}`,
    });
  return vm;
}
