/** Which guest speaks on which of the machine's consoles for guests. */
import { ScenarioError } from '../../errors.ts';
import { consolesOfRole } from '../console/port.ts';
import type { Milestone } from '../milestone/milestone.ts';
import type { MachineSpec } from '../qemu/spec.ts';
import type { SavedGuest } from '../snapshot/memento.ts';
import type { Stage } from '../stage.ts';

export class GuestPlaces {
  readonly #spec: Pick<MachineSpec, 'name' | 'consoles'>;
  readonly #clock: () => number;
  /** Console → the guest that has it. */
  readonly #taken = new Map<string, SavedGuest>();
  /** Console → the guest that has it, or has had it last. */
  readonly #known = new Map<string, SavedGuest>();
  readonly #listeners: (() => void)[] = [];

  /**
   * @param clock ms since power-on
   * @param saved of a machine that was saved
   */
  constructor(
    spec: Pick<MachineSpec, 'name' | 'consoles'>,
    clock: () => number,
    saved: readonly SavedGuest[] = [],
  ) {
    this.#spec = spec;
    this.#clock = clock;
    this.goBack(saved);
  }

  /** The guests that have a console. */
  get saved(): SavedGuest[] {
    return [...this.#taken.values()];
  }

  /** Whether there is, or was, a guest. */
  get wasUsed(): boolean {
    return this.#known.size > 0;
  }

  /** The guest that has a console, or has had it last. */
  guestOn(console: string): string | undefined {
    return this.#known.get(console)?.guest;
  }

  consoleOf(guest: string): string | undefined {
    return this.saved.find((one) => one.guest === guest)?.console;
  }

  /** Calls `listener` whenever a guest has got a console or left it. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Whether a guest could have this console; without a name, any. */
  hasFree(console?: string): boolean {
    return this.#free().some((name) => console === undefined || name === console);
  }

  /**
   * Gives a guest a console: the one that is named, or the first that is free.
   * @throws ScenarioError when there is none.
   */
  take(guest: string, console?: string): string {
    const place = this.#free().find((name) => console === undefined || name === console);
    if (place === undefined) throw this.#full(guest, console);
    this.begin(place, guest);
    return place;
  }

  /** A guest begins on a console that is its own: a new one, or the same that has rebooted. */
  begin(console: string, guest: string): void {
    this.goBack([
      ...this.saved.filter((one) => one.console !== console),
      { console, guest, sinceMs: this.#clock() },
    ]);
  }

  /** The guest is gone. */
  leave(console: string): void {
    this.#taken.delete(console);
    this.#tell();
  }

  /** Follows the machine back to a state in which these had consoles. */
  goBack(saved: readonly SavedGuest[]): void {
    this.#taken.clear();
    for (const one of saved) {
      this.#taken.set(one.console, one);
      this.#known.set(one.console, one);
    }
    this.#tell();
  }

  /** Whether a milestone is of the guest that a console has now. */
  isOwn(console: string, milestone: Pick<Milestone, 'console' | 'atMs'>): boolean {
    return milestone.console === console && milestone.atMs >= (this.#known.get(console)?.sinceMs ?? 0);
  }

  /**
   * What a stage that a console shows is called, as a milestone: by itself, but for a guest that is not the first on
   * the machine's first console of guests.
   * @param find the milestone of a name, if it was reached
   */
  milestoneName(
    stage: Stage,
    console: string,
    find: (name: string) => Pick<Milestone, 'console' | 'atMs'> | undefined,
  ): string {
    const guest = this.guestOn(console);
    if (guest === undefined) return stage;
    const [first] = consolesOfRole(this.#spec.consoles, 'guest');
    const known = find(stage);
    const isPlain = console === first && (!known || this.isOwn(console, known));
    return isPlain ? stage : `${stage} (${guest})`;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  #free(): string[] {
    return consolesOfRole(this.#spec.consoles, 'guest').filter((name) => !this.#taken.has(name));
  }

  #full(guest: string, console: string | undefined): ScenarioError {
    const all = consolesOfRole(this.#spec.consoles, 'guest');
    const what = `machine "${this.#spec.name}" has no console for guest "${guest}"`;
    if (console !== undefined && !all.includes(console))
      return new ScenarioError(`${what}: "${console}" is none of its consoles for guests`, {
        next: `its consoles for guests are: ${all.join(', ') || 'none'}`,
      });
    const taken = this.saved.map((one) => `${one.console} has guest "${one.guest}"`).join(', ');
    return new ScenarioError(`${what}: ${taken || 'it has none'}`, {
      next: `launch it with guestConsoles: ${all.length + 1}, or wait until another guest is gone`,
    });
  }
}
