/** Logging in at a console's `login:` prompt, as a person does. */
import { GuestError } from '../../errors.ts';
import type { Console, WaitOptions } from '../../expect/console.ts';

export interface Credentials {
  readonly user: string;
  /** Typed unseen, and kept in no transcript. */
  readonly password: string;
}

const LOGIN = /login: /i;
const PASSWORD = /password: ?/i;
/** login(1), busybox and shadow; FreeBSD's login; PAM. */
const REFUSED = /login incorrect|authentication failure|permission denied/i;

/** A shell's prompt, whoever logs in. */
const PROMPT = /[#$%>] $/;
const LINES_IN_ERRORS = 8;

/**
 * Answers a login prompt; the shell that it starts has a prompt standing at the end.
 * @throws GuestError when the guest refuses; ExpectTimeoutError and the others as Console.expect does.
 */
export async function logIn(
  console: Console,
  { user, password }: Credentials,
  wait?: WaitOptions,
): Promise<void> {
  await console.expect(LOGIN, wait);
  await console.sendLine(user, wait);
  const asked = await console.expectOneOf({ password: PASSWORD, refused: REFUSED, prompt: PROMPT }, wait);
  if (asked.is === 'refused') throw refusal(console, user, asked.text);
  if (asked.is === 'password') {
    await console.typeHidden(password, wait);
    console.press('enter');
    const { is, text } = await console.expectOneOf({ refused: REFUSED, prompt: PROMPT }, wait);
    if (is === 'refused') throw refusal(console, user, text);
  }
  // The prompt once more, for who opens the shell.
  console.press('enter');
}

function refusal(console: Console, user: string, words: string): GuestError {
  return new GuestError('DOMES_LOGIN', `console "${console.name}" refused the login of ${user}: ${words}`, {
    doing: `logging in as ${user}`,
    console: console.name,
    lastLines: console.transcript.tail(LINES_IN_ERRORS),
    next: "check the user and the password; for a built-in image its recipe's NOTES.md has them",
  });
}
