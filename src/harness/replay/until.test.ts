import { expect, test } from 'vitest';
import { CapsuleRecord } from './capsule-record.ts';
import { capsuleRecord } from './testing/capsule-record.ts';
import { stopInstruction } from './until.ts';

const milestone = { console: 'console', atMs: 1, stage: 'kernel' as const, bytes: 1, sha256: 'a'.repeat(64) };
const record = CapsuleRecord.parse({
  ...capsuleRecord(),
  milestones: [
    { ...milestone, name: 'kernel', instruction: 700 },
    { ...milestone, name: 'late' },
  ],
  endInstruction: 900,
});

test('a milestone is at its instruction', () => {
  expect(stopInstruction(record, 'kernel')).toBe(700);
});

test('the failure is where its line was seen, else where the run ended', () => {
  const failure = { console: 'console', atMs: 1, class: 'kernel/panic', text: 'panic', instruction: 800 };
  expect(stopInstruction({ ...record, failure }, 'failure')).toBe(800);
  expect(stopInstruction(record, 'failure')).toBe(900);
});

test('what the capsule does not know is said with what it knows', () => {
  expect(() => stopInstruction(record, 'kernal')).toThrow(
    /no milestone "kernal"[\s\S]*kernel, late, failure/,
  );
  expect(() => stopInstruction(record, 'late')).toThrow(/at which instruction "late" was/);
});
