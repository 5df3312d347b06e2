/** Runs child programs on this terminal: signals pass through, the exit code comes back. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { findProgram } from './host-packages.mjs';

/**
 * Runs a program to its end and gives the exit code a shell would: 128 + signal number when a signal ended it.
 *
 * Ctrl-C reaches the child from the terminal itself, so here it is only waited out; without a terminal it is
 * passed on, as SIGTERM and SIGHUP always are. Should this process be killed outright, the child is told by
 * pdeathsig, so that it can clean up and no QEMU is left.
 */
export function run(command, args, { env = process.env } = {}) {
  const bound = findProgram('setpriv') ? ['setpriv', '--pdeathsig', 'TERM', '--'] : [];
  const [file, ...rest] = [...bound, command, ...args];
  return new Promise((resolve) => {
    const child = spawn(file, rest, { stdio: 'inherit', env });
    const passOn = (signal) => {
      if (signal === 'SIGINT' && process.stdin.isTTY) return;
      child.kill(signal);
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, passOn);
    const end = (code) => {
      for (const signal of signals) process.off(signal, passOn);
      resolve(code);
    };
    child.once('error', (error) => {
      process.stderr.write(`${command}: ${error.message}\n`);
      end(127);
    });
    child.once('close', (code, signal) => end(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}
