/** A connection that is gone, as an error. */
import { SshDroppedError } from '../../errors.ts';
import type { Drop } from './line.ts';

const CAUSES: Readonly<Record<Drop['because'], string>> = {
  'server-closed': 'the server closed it',
  'machine-ended': 'the machine has ended',
  'network-stopped': "the machine's network was taken away",
  silent: 'the guest has answered nothing for a minute',
};

/** @param doing what was under way */
export function dropped(name: string, { because, blame, cause }: Drop, doing?: string): SshDroppedError {
  return new SshDroppedError(`the ssh connection to ${name} is gone: ${CAUSES[because]}`, because, blame, {
    ...(doing !== undefined && { doing }),
    probably: cause,
    ...(because === 'network-stopped' && {
      next: 'call machine.ssh() again: it connects anew',
    }),
  });
}
