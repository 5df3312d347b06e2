/**
 * Whether the words that match a signature are a program's own: not a command that a person typed at a prompt, nor a
 * quotation, nor a sentence about them.
 */

/** `[root@vm1 ~]#`, `root@host:/tmp#`, `localhost:~#`, `sh-5.1#`, `~ #`, `(initramfs)`, `dracut:/#`, `grub>`, `#`. */
const PROMPT =
  /^\s*(?:\[[\w.-]+@[\w.-]+ [^\]\n]{1,80}\][#$%]|[\w.-]+@[\w.-]+[:\s][^\n#$%>]{0,100}[#$%>]|\[[^\]\n]{1,40}\]\([\w@.-]+\)\$|[\w.-]{1,40}:[~/][^\s#$%>]{0,80}\s?[#$%]|(?:ba|da|k|z|a)?sh-\d[\d.]*[#$]|dracut:[^#\n]{0,80}#|[~/][\w./-]{0,80}\s[#$%]|\((?:initramfs|qemu)\)|(?:grub(?: rescue)?|=|mountroot|Shell|boot|loader|ok|OK|ddb(?:\{\d+\})?)>|[#$]|\++)[ \t]+(?=\S)/;
/** Behind an idle prompt the kernel may print at any time. */
const KERNEL_STAMP = /^(?:\[ *\d+\.\d+\]|\(XEN\)|\(d\d+\)|<\d>)/;
/** What a program prints first in a line and nobody types. */
const NEVER_TYPED = /^(?:Kernel panic - not|BUG: |watchdog: |panic: |Oops: )/;
/** A bare `#` begins a comment as well as a command. */
const BARE_PROMPT = /^\s*[#$+]+\s+$/;

/** Where in a line of a log the command begins that somebody typed at a prompt; undefined where nobody did. */
export function commandStart(text: string): number | undefined {
  const prompt = PROMPT.exec(text)?.[0];
  if (prompt === undefined) return undefined;
  const command = text.slice(prompt.length);
  if (KERNEL_STAMP.test(command)) return undefined;
  return BARE_PROMPT.test(prompt) || !NEVER_TYPED.test(command) ? prompt.length : undefined;
}

/**
 * A quotation mark right before it (but that of a value: `"msg": "`, `msg="`), an open one, a word of a sentence, a
 * sentence that begins with If, a heading, or a bullet.
 */
const TALKED_ABOUT =
  /(?<!"[\w.-]{1,40}" ?: ?|[\w.-]=)["'`\u2018\u201c]$|(?:^|[\s(])(?!kernel |login )[a-z]{2,}[,;]? $|[\s(]`[^`']*$|[a-z,] "[^"]*$|^\s*#{2,6} |^\s*(?:If|When|Whenever|In case) (?:an?|the|you|your|this|it|there)\b|^\s*[-*] .{0,200}[a-z] $|^\s*(?:[-*;]|\/\/|<!--)\s*$/;

/** Whether the words that begin at `at` are being talked about; all before `from` is no part of the line itself. */
export function isTalkedAbout(text: string, at: number, from = 0): boolean {
  return at > from && TALKED_ABOUT.test(text.slice(Math.max(from, at - 200), at));
}
