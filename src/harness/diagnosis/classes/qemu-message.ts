/** How QEMU begins its messages. */

/** `qemu-system-x86_64: `, or the name under which it was started. */
export const QEMU_NAME = String.raw`^(?:.{0,300}[\s\]:'"])?(?:\S*\/)?(?:qemu(?:-[\w.-]+)?|kvm|qemu-kvm)(?:\[\d+\])?: `;

/** A message, behind the option that it is about: `qemu-system-x86_64: -drive file=…: `. */
export function qemu(text: string): RegExp {
  return new RegExp(`${QEMU_NAME}(?:.{0,400}: ?)?(?:${text})`);
}

/** What the harness, or a toolstack, then says of its end. */
export const QEMU_ENDS = [
  'failed',
  'domain-create-failed',
  'device-model-failed',
  'reported-error',
  'invalid-option',
];
