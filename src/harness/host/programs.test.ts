import { expect, it } from 'vitest';
import { HostSetupError } from '../../errors.ts';
import { requireProgram, requirePrograms } from './programs.ts';

it('finds a program, or says what it is for and how to install it', () => {
  expect(requireProgram('sh')).toMatch(/^\/.*\/sh$/);
  expect(() => requireProgram('no-such-program')).toThrow(HostSetupError);
  expect(() => requirePrograms(['sh', 'no-such-program', 'nor-this'])).toThrow(
    'missing on this host: no-such-program (used by a recipe), nor-this (used by a recipe)',
  );
  expect(() => requirePrograms(['sh'])).not.toThrow();
});
