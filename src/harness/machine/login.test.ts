import { describe, expect, test } from 'vitest';
import { scriptedConsole } from '../../expect/testing/scripted-guest.ts';
import { logIn } from './login.ts';

const ROOT = { user: 'root', password: 'secret' };

/** login(1) on a terminal: echoes the user's name, not the password. */
function guestWithLogin({ right = 'secret', asksPassword = true } = {}) {
  const { guest, console } = scriptedConsole();
  let line = '';
  let state: 'login' | 'password' | 'shell' = 'login';
  guest.onInput = (text) => {
    for (const char of text) {
      if (char !== '\r') {
        line += char;
        if (state !== 'password') guest.print(char);
        continue;
      }
      guest.print('\r\n');
      if (state === 'shell') guest.print('[root@dom0 ~]# ');
      else if (state === 'login') {
        state = asksPassword ? 'password' : 'shell';
        guest.print(asksPassword ? 'Password: ' : '[root@dom0 ~]# ');
      } else {
        state = line === right ? 'shell' : 'login';
        guest.print(line === right ? '[root@dom0 ~]# ' : '\r\nLogin incorrect\r\ndom0 login: ');
      }
      line = '';
    }
  };
  guest.print('\r\ndom0 login: ');
  return { guest, console };
}

describe('logging in', () => {
  test('types user and password, and leaves a prompt behind', async () => {
    const { guest, console } = guestWithLogin();
    await logIn(console, ROOT);
    await console.expect('# ');
    expect(guest.received).toBe('root\rsecret\r\r');
  });

  test('gives no password where none is asked for', async () => {
    const { guest, console } = guestWithLogin({ asksPassword: false });
    await logIn(console, ROOT);
    await console.expect('# ');
    expect(guest.received).toBe('root\r\r');
  });

  test('says that it was refused, and never the password', async () => {
    const { console } = guestWithLogin({ right: 'other' });
    const refused = await logIn(console, ROOT).catch((error: Error) => error);
    expect(refused).toMatchObject({
      code: 'DOMES_LOGIN',
      summary: 'console "guest" refused the login of root: Login incorrect',
    });
    expect(String(refused)).not.toContain('secret');
  });
});
