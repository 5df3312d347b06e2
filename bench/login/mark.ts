/** A moment on the way, as the measuring scenario writes it down for whoever prints it. */

export interface Mark {
  readonly what: string;
  /** Wall time since the machine was restored, ms. */
  readonly wallMs: number;
  /** CPU of QEMU since then, ms. */
  readonly qemuCpuMs: number;
}

/** Environment variables of the measuring scenario: how often, and the file for its marks, a JSON text a line and round. */
export const ROUNDS = 'DOMES_BENCH_ROUNDS';
export const MARKS = 'DOMES_BENCH_MARKS';
