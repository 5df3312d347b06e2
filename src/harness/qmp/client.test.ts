import { expect, test } from 'vitest';
import { QmpClient } from './client.ts';
import { GREETING, ScriptedMonitor } from './fixtures/scripted-monitor.ts';

/** A monitor and a client that have greeted each other. */
async function connected(): Promise<{ monitor: ScriptedMonitor; client: QmpClient }> {
  const monitor = await ScriptedMonitor.open();
  const [client] = await Promise.all([QmpClient.connect(monitor.client), monitor.greet()]);
  return { monitor, client };
}

test('greets, leaves negotiation and knows the version', async () => {
  await using monitor = await ScriptedMonitor.open();
  const connecting = QmpClient.connect(monitor.client);
  monitor.say(GREETING);
  const command = await monitor.command();
  expect(command).toEqual({ execute: 'qmp_capabilities', id: command.id });
  monitor.say({ return: {}, id: command.id });
  expect((await connecting).qemuVersion).toBe('7.2.22 (Debian 1:7.2+dfsg-7)');
});

test('routes replies by id, in whatever order they come', async () => {
  const { monitor, client } = await connected();
  await using _ = monitor;
  const [status, block] = [client.execute('query-status'), client.execute('query-block', { x: 1 })];
  const [first, second] = [await monitor.command(), await monitor.command()];
  expect(second).toMatchObject({ execute: 'query-block', arguments: { x: 1 } });
  monitor.say({ return: ['disk0'], id: second.id }, { return: { running: true }, id: first.id });
  expect(await status).toEqual({ running: true });
  expect(await block).toEqual(['disk0']);
});

test('a message may come in pieces, and several in one', async () => {
  const { monitor, client } = await connected();
  await using _ = monitor;
  const reply = client.execute('query-name');
  const { id } = await monitor.command();
  const text = JSON.stringify({ return: { name: 'dömes' }, id });
  const bytes = Buffer.from(`\r\n${text}\r\n`);
  for (const byte of bytes) {
    monitor.socket.write(Uint8Array.of(byte));
    await new Promise(setImmediate);
  }
  expect(await reply).toEqual({ name: 'dömes' });
});

test('a refusal has QEMU’s own words and the command', async () => {
  const { monitor, client } = await connected();
  await using _ = monitor;
  const refused = client.execute('snapshot-save');
  const { id } = await monitor.command();
  monitor.say({ error: { class: 'GenericError', desc: 'Parameter ‘tag’ is missing' }, id });
  await expect(refused).rejects.toMatchObject({
    code: 'DOMES_QMP',
    command: 'snapshot-save',
    summary: 'QMP snapshot-save: GenericError: Parameter ‘tag’ is missing',
  });
});

test('an error without an id is about the oldest command', async () => {
  const { monitor, client } = await connected();
  await using _ = monitor;
  const [bad, good] = [client.execute('bad'), client.execute('good')];
  await monitor.command();
  const { id } = await monitor.command();
  monitor.say({ error: { class: 'GenericError', desc: 'JSON parse error' } }, { return: 1, id });
  await expect(bad).rejects.toThrow('QMP bad: GenericError: JSON parse error');
  expect(await good).toBe(1);
});

test('an event that comes before the reply is in a queue that was opened before the command', async () => {
  const { monitor, client } = await connected();
  await using _ = monitor;
  using jobs = client.listen('JOB_STATUS_CHANGE');
  using all = client.listen();
  const saving = client.execute('snapshot-save');
  const { id } = await monitor.command();
  monitor.event('JOB_STATUS_CHANGE', { status: 'concluded' });
  monitor.event('STOP');
  monitor.say({ return: {}, id });
  await saving;
  expect(await jobs.next()).toMatchObject({ data: { status: 'concluded' } });
  expect((await all.next())?.event).toBe('JOB_STATUS_CHANGE');
  expect((await all.next())?.event).toBe('STOP');
});

test('a reply that nobody waits for is dropped', async () => {
  const { monitor, client } = await connected();
  await using _ = monitor;
  monitor.say({ return: 'late', id: 4711 });
  const reply = client.execute('query-status');
  const { id } = await monitor.command();
  monitor.say({ return: 'right', id });
  expect(await reply).toBe('right');
});

test('the end of the stream ends everything that waits, and everything after', async () => {
  const { monitor, client } = await connected();
  await using _ = monitor;
  using events = client.listen();
  const [waiting, next] = [client.execute('cont'), events.next()];
  await monitor.command();
  monitor.event('SHUTDOWN');
  monitor.socket.end();
  await expect(waiting).rejects.toThrow('QMP cont: the monitor closed: QEMU ended');
  expect((await next)?.event).toBe('SHUTDOWN');
  expect(await events.next()).toBeUndefined();
  await expect(client.execute('stop')).rejects.toThrow('QMP stop: the monitor closed: QEMU ended');
  expect(await client.listen().next()).toBeUndefined();
});

test('a reset is an end, too', async () => {
  const { monitor, client } = await connected();
  await using _ = monitor;
  const waiting = client.execute('cont');
  await monitor.command();
  monitor.socket.resetAndDestroy();
  await expect(waiting).rejects.toThrow('QMP cont: the monitor closed: QEMU ended');
});

test('writing to a monitor that reads no more does not end this process', async () => {
  const { monitor, client } = await connected();
  await using _ = monitor;
  const closed = new Promise<void>((resolve) => monitor.client.once('close', () => resolve()));
  monitor.socket.resetAndDestroy();
  // Written before the reset is known here: EPIPE or ECONNRESET.
  const lost = await Promise.allSettled([client.execute('a'), client.execute('b')]);
  const gone = 'the monitor closed: QEMU ended';
  expect(lost).toMatchObject(
    ['a', 'b'].map((name) => ({ status: 'rejected', reason: { summary: `QMP ${name}: ${gone}` } })),
  );
  await closed;
});

test.each([
  ['ends at once', (monitor: ScriptedMonitor) => monitor.socket.end(), 'the monitor closed: QEMU ended'],
  [
    'is no QMP',
    (monitor: ScriptedMonitor) => monitor.socket.write('SSH-2.0-OpenSSH_9.2\r\n'),
    'not a QMP message: SSH-2.0-OpenSSH_9.2',
  ],
  [
    'greets with something else',
    (monitor: ScriptedMonitor) => monitor.say({ hello: 'world' }),
    'not a QMP message: {"hello":"world"}',
  ],
])('a monitor that %s is refused', async (_, act, words) => {
  await using monitor = await ScriptedMonitor.open();
  const connecting = QmpClient.connect(monitor.client);
  act(monitor);
  await expect(connecting).rejects.toThrow(`QMP greeting: ${words}`);
  expect(monitor.client.destroyed).toBe(true);
});

test('what is not QMP later on ends the connection, and says why', async () => {
  const { monitor, client } = await connected();
  await using _ = monitor;
  const waiting = client.execute('cont');
  await monitor.command();
  monitor.socket.write('Segmentation fault\n');
  await expect(waiting).rejects.toThrow('QMP cont: not a QMP message: Segmentation fault');
  await expect(client.execute('stop')).rejects.toThrow('QMP stop: not a QMP message: Segmentation fault');
});
