/** Where a test's server is. */
import type { Duplex } from 'node:stream';
import { Console, type ConsoleContext } from '../../../expect/console.ts';
import { FatalLines } from '../../../expect/testing/fatal-lines.ts';
import { ScriptedGuest } from '../../../expect/testing/scripted-guest.ts';
import { Transcript } from '../../../expect/transcript.ts';
import type { Drop, SshPlace } from '../line.ts';

export interface TestPlace extends SshPlace {
  readonly guest: ScriptedGuest;
  readonly fatal: FatalLines;
  /** Why connections are gone, as the machine would say. */
  drop: Drop | undefined;
}

/** A machine with a console, whose server is reached by `open`. */
export function testPlace(open: () => Duplex | Promise<Duplex>, context: ConsoleContext = {}): TestPlace {
  const fatal = new FatalLines();
  const guest = new ScriptedGuest();
  const transcript = new Transcript({ clock: () => performance.now() });
  const console = new Console('console', transcript, { ...context, interrupt: fatal });
  fatal.watch(console);
  console.attach(guest);
  const place: TestPlace = {
    ...{ name: 'tested', guest, fatal, drop: undefined },
    open: async () => ({ stream: await open(), whyDropped: () => place.drop }),
    until: (doing, condition, options) => console.until(doing, condition, options),
  };
  return place;
}
