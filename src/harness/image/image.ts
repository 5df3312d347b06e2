/** What an image is to those who boot it. */
import type { ImageSpec } from './manifest.ts';

export interface Image {
  readonly name: string;
  /** SHA-256 over all its files, in hex: the same bytes have the same digest, wherever they came from. */
  readonly digest: string;
  /** File name, as the spec uses it → full path. The files are pristine: never write to them. */
  readonly files: Readonly<Record<string, string>>;
  readonly spec: ImageSpec;
  /** Others whose disks the machine has too; their files are among `files`, as `NAME/FILE`. */
  readonly beside?: readonly Image[];
}

/** An image that can be used as it is, or why it cannot. */
export type Found =
  | { readonly is: 'ready'; readonly image: Image }
  | { readonly is: 'damaged' | 'absent'; readonly why: string };
