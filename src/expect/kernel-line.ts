/**
 * A whole line of a kernel's, which may cut into anything that is printed on a console that is shared with it:
 * Linux's `[   12.345678] …`, Xen's `(XEN) …`, and Linux's before it knows the time, `<6>…`.
 */
export const KERNEL_LINE = /(?:\[ *\d+\.\d+\]|\(XEN\)|<\d>)[^\n]*\n/;

/** Text without the kernel lines in it; only for text that has none of its own. */
export function withoutKernelLines(text: string): string {
  return text.replace(new RegExp(KERNEL_LINE, 'g'), '');
}
