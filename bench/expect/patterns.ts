/**
 * The twenty patterns that the bench waits for at once. None is there to be easy: alternations, ignored case,
 * no literal to search for, look-behind, a back reference, UTF-8, open ends, and near misses: patterns whose
 * beginnings the consoles are full of.
 */
import type { Pattern } from '../../src/expect/pattern/pattern.ts';

export const PATTERNS: readonly Pattern[] = [
  // What ends a wait well.
  'dom0 login: ',
  /^\[?root@[\w.-]+(?::| )[^#$\n]{0,80}[#$] /m,
  /Complete!\r?\n/,
  /grub(?: rescue)?> /,
  // Panics and their kin.
  /Kernel panic - not syncing: (.+)/,
  /\(XEN\) Panic on CPU (\d+):/,
  /\bBUG: (?:unable to handle|soft lockup|scheduling while atomic)/,
  /Call Trace:\r?\n/i,
  /VFS: (?:Cannot open root device|Unable to mount root fs on) "?[\w/-]+"?/,
  /(?:out of memory: killed process|invoked oom-killer)/i,
  // Userspace that did not come up.
  /(?:emergency|rescue) (?:mode|shell)/i,
  /Failed to start .{3,60}(?<!\.service)\.\r?\n/,
  /\[(?:DEPEND|\*{3} {0,3})\] .*Dependency failed/i,
  /error: (?:no such device|file `[^'\n]+' not found|no multiboot header found)/i,
  // No literal at all.
  /\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{9}Z\b/,
  /[A-Z]{4,8}-[0-9a-f]{12}-[A-Z]{4}/,
  /\b(?<link>[a-z]{2,8}\d+): \k<link>: link (?:is not|becomes) ready/,
  /[^\x00-\x7f]{2} (?:kaputt|défaillant)/,
  // Near misses: half of the lines begin like these.
  /^\[ *\d+\.\d+\] .*(?:I\/O|medium|unrecovered read) error.*, sector (\d+)/im,
  /pci [0-9a-f:.]+ BAR (?!13)\d+: can't reserve/,
];
