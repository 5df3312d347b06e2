/**
 * Recognises the echo of what was typed in what the guest prints. An echo may be wrapped at the terminal's width,
 * and a kernel message may cut into it; both are stepped over. What is left must be the typed text, in order.
 */

/** A whole line of the kernel's or of Xen's, which may interrupt anything on a shared console. */
const NOISE_LINE = /^(?:\[ *\d+\.\d+\]|\(XEN\)|<\d>)[^\n]*\n/;
/** What a line editor prints when it wraps: CR, LF, backspace, bell, and a blank that is taken back by CR. */
const WRAP = /^(?: \r|[\r\n\b\x07])/;

export interface EchoProgress {
  /** Characters of the typed text seen so far. */
  readonly echoed: number;
  /** Characters of the guest's text that were used up; the rest belongs to whatever comes next. */
  readonly used: number;
}

/** How far `printed`, the text since the typing began, echoes `typed`. */
export function followEcho(typed: string, printed: string): EchoProgress {
  let echoed = 0;
  let used = 0;
  while (echoed < typed.length && used < printed.length) {
    if (printed[used] === typed[echoed]) {
      echoed++;
      used++;
      continue;
    }
    const rest = printed.slice(used);
    const stepOver = NOISE_LINE.exec(rest) ?? WRAP.exec(rest);
    // A noise line whose end has not arrived yet: wait for it.
    if (!stepOver) break;
    used += stepOver[0].length;
  }
  return { echoed, used };
}

/**
 * The lenient reading, for a console that has fallen quiet: the typed characters in their order, whatever lies
 * between them (a prompt drawn anew, a message in an unknown format).
 */
export function findEcho(typed: string, printed: string): EchoProgress {
  let echoed = 0;
  let used = 0;
  for (let i = 0; i < printed.length && echoed < typed.length; i++) {
    if (printed[i] !== typed[echoed]) continue;
    echoed++;
    used = i + 1;
  }
  return { echoed, used };
}
