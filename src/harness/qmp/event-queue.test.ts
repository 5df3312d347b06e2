import { expect, test } from 'vitest';
import { EventFeed } from './event-queue.ts';

const event = (name: string) => ({ event: name, data: {}, timestamp: { seconds: 0, microseconds: 0 } });

test('each listener has all events of its names, in order, however late it looks', async () => {
  const feed = new EventFeed();
  const [some, all] = [feed.listen(['A', 'C']), feed.listen()];
  for (const name of ['A', 'B', 'C']) feed.publish(event(name));
  expect([(await some.next())?.event, (await some.next())?.event]).toEqual(['A', 'C']);
  expect((await all.next())?.event).toBe('A');
});

test('two that wait on one queue get one event each, first come first served', async () => {
  const feed = new EventFeed();
  const queue = feed.listen();
  const waiting = [queue.next(), queue.next()];
  feed.publish(event('A'));
  feed.publish(event('B'));
  expect((await Promise.all(waiting)).map((one) => one?.event)).toEqual(['A', 'B']);
});

test('after the end of the monitor what had come is still there, then nothing', async () => {
  const feed = new EventFeed();
  const [full, empty] = [feed.listen(), feed.listen()];
  const waiting = [empty.next(), empty.next()].map((next) => next.then((one) => one?.event));
  feed.publish(event('A'));
  feed.close();
  expect(await Promise.all(waiting)).toEqual(['A', undefined]);
  expect((await full.next())?.event).toBe('A');
  expect(await full.next()).toBeUndefined();
});

test('can be read in a loop, which ends with the monitor', async () => {
  const feed = new EventFeed();
  const queue = feed.listen();
  feed.publish(event('A'));
  feed.publish(event('B'));
  feed.close();
  const seen: string[] = [];
  for await (const one of queue) seen.push(one.event);
  expect(seen).toEqual(['A', 'B']);
});

test('a disposed queue takes no more, and lets go of who waits', async () => {
  const feed = new EventFeed();
  const queue = feed.listen();
  const waiting = queue.next();
  queue[Symbol.dispose]();
  feed.publish(event('A'));
  expect(await waiting).toBeUndefined();
  expect(await queue.next()).toBeUndefined();
});
