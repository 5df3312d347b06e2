/**
 * An asciicast of version 3 as one of version 2 (https://docs.asciinema.org/manual/asciicast/v2/), which the asciinema of
 * Debian 12 and 13 plays: the header has the size itself, and times are counted from the start.
 */
import { z } from 'zod';

const Header = z.object({
  version: z.literal(3),
  term: z.object({ cols: z.number(), rows: z.number() }),
  timestamp: z.number().optional(),
  title: z.string().optional(),
});

const Event = z.tuple([z.number(), z.string(), z.string()]);

export class Version2 {
  #elapsedMs = 0;
  #hasHeader = false;

  /**
   * A line as it is in version 2; undefined for one that says nothing: empty, a comment, cut off.
   * @throws SyntaxError, z.ZodError when the first line is not the header of an asciicast of version 3.
   */
  line(line: string): string | undefined {
    if (!this.#hasHeader) return this.#header(line);
    if (line === '' || line.startsWith('#')) return undefined;
    const event = Event.safeParse(parsed(line));
    if (!event.success) return undefined;
    const [interval, code, text] = event.data;
    // In whole ms: the sum of a million fractions would be off.
    this.#elapsedMs += Math.round(interval * 1000);
    return JSON.stringify([this.#elapsedMs / 1000, code, text]);
  }

  #header(line: string): string {
    const { term, timestamp, title } = Header.parse(JSON.parse(line));
    this.#hasHeader = true;
    return JSON.stringify({ version: 2, width: term.cols, height: term.rows, timestamp, title });
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
