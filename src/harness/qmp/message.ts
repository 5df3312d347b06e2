/** The shapes of QMP, as docs/interop/qmp-spec.rst of QEMU gives them; unknown fields are let through. */
import { z } from 'zod';

const Timestamp = z.object({ seconds: z.number(), microseconds: z.number() });

export const Greeting = z.object({
  QMP: z.object({
    version: z.object({
      qemu: z.object({ major: z.number(), minor: z.number(), micro: z.number() }),
      package: z.string(),
    }),
  }),
});

export type Greeting = z.infer<typeof Greeting>;

export const QmpEvent = z.object({
  event: z.string(),
  data: z.record(z.string(), z.unknown()).default({}),
  timestamp: Timestamp,
});
export type QmpEvent = z.infer<typeof QmpEvent>;

export const Reply = z.union([
  z.object({ id: z.number(), return: z.unknown() }),
  z.object({ id: z.number().optional(), error: z.object({ class: z.string(), desc: z.string() }) }),
]);
export type Reply = z.infer<typeof Reply>;
