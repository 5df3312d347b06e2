import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import type { WireSink } from '../../expect/wire.ts';
import { socketWire } from './socket-wire.ts';

function wired() {
  const sent: string[] = [];
  const socket = new Duplex({
    read() {},
    write(bytes: Buffer, _, done) {
      sent.push(bytes.toString());
      done();
    },
  });
  const seen: string[] = [];
  const sink: WireSink = {
    bytes: (chunk) => seen.push(Buffer.from(chunk).toString()),
    end: () => seen.push('end'),
  };
  const wire = socketWire(socket);
  wire.open(sink);
  return { socket, sent, seen, wire };
}

const closed = (socket: Duplex) => new Promise((resolve) => socket.once('close', resolve));

test('bytes go both ways, and the end comes once', async () => {
  const { socket, sent, seen, wire } = wired();
  wire.send(Buffer.from('ls\r'));
  socket.push('login: ');
  socket.push(null);
  await new Promise((resolve) => socket.once('end', resolve));
  socket.destroy();
  await closed(socket);
  expect(seen).toEqual(['login: ', 'end']);
  expect(sent).toEqual(['ls\r']);
});

test('a reset is an end, and what is sent after it is dropped', async () => {
  const { socket, sent, seen, wire } = wired();
  socket.destroy(new Error('ECONNRESET'));
  await closed(socket);
  wire.send(Buffer.from('late'));
  expect(seen).toEqual(['end']);
  expect(sent).toEqual([]);
});

test('a wire that was closed is silent', async () => {
  const { socket, seen, wire } = wired();
  socket.push('late');
  wire.close();
  await closed(socket);
  expect(seen).toEqual([]);
});
