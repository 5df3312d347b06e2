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

/** Whether a line of a log is a prompt with a command behind it. */
export function isCommandLine(text: string): boolean {
  const prompt = PROMPT.exec(text)?.[0];
  if (prompt === undefined) return false;
  const command = text.slice(prompt.length);
  if (KERNEL_STAMP.test(command)) return false;
  return BARE_PROMPT.test(prompt) || !NEVER_TYPED.test(command);
}

/** A quotation mark or backtick right before it, a word of a sentence, or a bullet. */
const TALKED_ABOUT =
  /["'`\u2018\u201c]$|(?:^|[\s(])(?!kernel |login )[a-z]{2,}[,;]? $|^\s*[-*] .{0,200}[a-z] $|^\s*(?:[-*;]|\/\/|<!--)\s*$/;

/** Whether the words that begin at `at` are being talked about. */
export function isTalkedAbout(text: string, at: number): boolean {
  return at > 0 && TALKED_ABOUT.test(text.slice(Math.max(0, at - 200), at));
}
