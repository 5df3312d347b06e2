/** What it takes to do something on another host: the way to it, and who cleans up there when the way is gone. */
import type { HostConnection } from './connection.ts';
import type { Guard } from './guard.ts';

export interface There {
  readonly connection: HostConnection;
  readonly guard: Guard;
}
