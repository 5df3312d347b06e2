export type PackageManager = 'apt' | 'dnf' | 'pacman';

export type Purpose = 'run' | 'recipe' | 'bench';

export interface ProgramEntry {
  /** Completes "qemu-img …": "makes the throw-away disk overlays". */
  readonly why: string;
  /** `run`: every run needs it. `recipe`: every recipe needs it. Without: only where a recipe's `tools` name it. */
  readonly for?: Purpose;
  /** Command that succeeds when it is there, for what is no program on the PATH. */
  readonly probe?: readonly string[];
  readonly apt: string;
  readonly dnf: string;
  readonly pacman: string;
}

export interface MissingProgram {
  readonly program: string;
  readonly why: string;
  readonly package: string | undefined;
}

type Env = Readonly<Record<string, string | undefined>>;

export function readPrograms(): Readonly<Record<string, ProgramEntry>>;
export function programsFor(purpose: Purpose, table?: Readonly<Record<string, ProgramEntry>>): string[];
export function findProgram(name: string, env?: Env): string | undefined;
export function packageManager(options?: { env?: Env; osRelease?: string }): PackageManager | undefined;
export function missingPrograms(
  names: readonly string[],
  options?: { env?: Env; manager?: PackageManager | undefined },
): MissingProgram[];
export function installSteps(manager: PackageManager | undefined, packages: readonly string[]): string[][];
export function installLine(
  missing: readonly MissingProgram[],
  options?: { manager?: PackageManager | undefined; root?: boolean },
): string;
export function packagesOf(missing: readonly MissingProgram[]): string[];
