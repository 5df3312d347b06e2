import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { keysIn } from './known-hosts.ts';
import { hostWord } from './route.ts';

const found = (text: string, host = 'lab') => keysIn(text, host).map(({ key }) => key);

test('a host by its name, among others, and by a pattern', () => {
  expect(found('# old\nother ssh-rsa A\nlab,10.0.0.1 ssh-ed25519 B comment\n\nla? ssh-rsa C')).toEqual([
    'B',
    'C',
  ]);
  expect(found('*.example.org,!bad.example.org ssh-rsa A', 'x.example.org')).toEqual(['A']);
  expect(found('*.example.org,!bad.example.org ssh-rsa A', 'bad.example.org')).toEqual([]);
  // A point is a point.
  expect(found('a.b ssh-rsa A', 'axb')).toEqual([]);
});

test('at another port it is another host', () => {
  const text = `${hostWord({ host: 'lab', port: 2222 })} ssh-rsa A\n${hostWord({ host: 'lab', port: 22 })} ssh-rsa B`;
  expect([found(text, '[lab]:2222'), found(text)]).toEqual([['A'], ['B']]);
});

test('a hashed name', () => {
  const salt = Buffer.from('0123456789abcdefghij');
  const hash = createHmac('sha1', salt).update('lab').digest('base64');
  const line = `|1|${salt.toString('base64')}|${hash} ssh-ed25519 A`;
  expect([found(line), found(line, 'other')]).toEqual([['A'], []]);
});

test('what is revoked is known as that; what only signs is no key of a host', () => {
  expect(keysIn('@revoked lab ssh-rsa A\n@cert-authority lab ssh-rsa B\nlab ssh-rsa', 'lab')).toEqual([
    { type: 'ssh-rsa', key: 'A', isRevoked: true },
  ]);
});
