/** Consoles of real BSDs through the questions, the milestones and the failure classes. */
import { describe, expect, test } from 'vitest';
import { scriptedConsole } from '../../expect/testing/scripted-guest.ts';
import { LogDiagnosis } from '../diagnosis/log-diagnosis.ts';
import { MILESTONE_SIGNS } from '../milestone/catalogue.ts';
import { RECORDED } from './fixtures/recorded.ts';
import { nextBsdPrompt } from './prompt.ts';

describe.each(RECORDED)('$what', ({ text, asks, stages, failures }) => {
  const printed = text.replaceAll('\n', '\r\n');

  test.runIf(asks)('asks', async () => {
    const { guest, console } = scriptedConsole();
    guest.print(printed);
    const [is, offered] = asks ?? [];
    expect(await nextBsdPrompt(console)).toEqual({ is, offered });
  });

  test('has milestones', () => {
    const signs = MILESTONE_SIGNS.filter(({ role, sign }) => role === 'system' && sign.test(printed));
    expect(signs.map(({ stage }) => stage)).toEqual(stages);
  });

  test('has failures', () => {
    const diagnosis = new LogDiagnosis();
    diagnosis.read(Buffer.from(printed));
    const serious = diagnosis.end().filter(({ severity }) => severity === 'hard' || severity === 'fatal');
    expect(serious.map(({ known }) => known.id.replace(/^[^/]+\//, ''))).toEqual(failures);
  });
});
