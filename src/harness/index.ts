/** The one door for scenarios. */
export { expect } from 'vitest';
export * from '../errors.ts';
export type { Console, Seen, WaitOptions } from '../expect/console.ts';
export type { Key } from '../expect/keys.ts';
export type { Pattern } from '../expect/pattern/pattern.ts';
export type { RunResult, Shell, ShellOptions } from '../expect/shell.ts';
export type { GrubEditor } from './bootloader/grub-editor.ts';
export type { GrubMenu } from './bootloader/grub-menu.ts';
export type { LaunchOptions } from './machine/launch.ts';
export type { Machine, ReachOptions } from './machine/machine.ts';
export { type Launch, test } from './scenario/test.ts';
export { STAGES, type Stage } from './stage.ts';
export { type Dom0, openDom0 } from './xen/dom0.ts';
export type { Domain } from './xen/domain.ts';
export type { XenGuest } from './xen/guest.ts';
