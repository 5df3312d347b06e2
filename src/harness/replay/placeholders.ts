/** QEMU's arguments without the paths of this host, so that two hosts can compare them. */
import { basename } from 'node:path';

/** What stands in a path's place → the path. */
export type Places = ReadonlyMap<string, string>;

/** @param files the image's files, name → path */
export function placesOf(
  files: Readonly<Record<string, string>>,
  { runFolder }: { readonly runFolder: string },
): Places {
  return new Map([
    ...Object.entries(files).map(([name, path]): [string, string] => [`{image}/${name}`, path]),
    ['{run}', runFolder],
  ]);
}

/**
 * The arguments, program first, with placeholders instead of paths. What differs between a recording and its replay
 * by its nature (the mode, the recording's name) is the same in both.
 */
export function withPlaceholders(argv: readonly string[], places: Places): string[] {
  // The longest first: a file's path begins with its folder's.
  const replaced = [...places].sort(([, a], [, b]) => b.length - a.length);
  // Where a replay keeps its states is nothing of the machine.
  const state = argv.findIndex((argument) => argument.startsWith('if=none,id=replay-state,'));
  const machine = state === -1 ? argv : [...argv.slice(0, state - 1), ...argv.slice(state + 1)];
  return machine.map((argument, index) => {
    if (index === 0) return basename(argument);
    let text = argument;
    for (const [placeholder, path] of replaced) text = text.replaceAll(path, placeholder);
    if (/^(?:socket|hubport|stream),id=cable,/.test(text)) return '{cable}';
    // As this host has it: on another one it is a socket of the ssh server's.
    if (/^socket,id=qmp,/.test(text)) return 'socket,id=qmp,fd=3';
    return text.replace(/rr=(?:record|replay),rrfile=.*$/, 'rr={mode},rrfile={recording}');
  });
}
