import { describe, expect, test } from 'vitest';
import { Milestones } from './milestone.ts';

const at = (stage: 'firmware' | 'hypervisor' | 'kernel', atMs: number) => ({
  name: stage,
  stage,
  atMs,
  hostWaitMs: 0,
  console: 'console',
  offset: 0,
  evidence: 'proof',
});

describe('milestones', () => {
  test('the first time counts', () => {
    const milestones = new Milestones();
    milestones.note(at('kernel', 100));
    milestones.note(at('kernel', 900));
    expect(milestones.get('kernel')?.atMs).toBe(100);
  });

  test('the summary is in the order of time and ends with what is awaited', async () => {
    const milestones = new Milestones();
    milestones.note(at('hypervisor', 1_250));
    milestones.note(at('firmware', 210));
    await milestones.whileAwaiting('kernel', async () => {
      expect(milestones.summary()).toBe('firmware 0.2 s · hypervisor 1.3 s · kernel ✗');
    });
    expect(milestones.summary()).toBe('firmware 0.2 s · hypervisor 1.3 s');
    expect(new Milestones().summary()).toBe('nothing yet');
  });

  test('records hold the time from one to the next, budgets, and those that were never reached', () => {
    const milestones = new Milestones();
    milestones.allow('kernel', 'kernel', 5_000);
    milestones.allow('hypervisor', 'hypervisor', 2_000);
    milestones.note(at('hypervisor', 1_200));
    milestones.note(at('firmware', 200));
    expect(milestones.records()).toEqual([
      {
        name: 'firmware',
        stage: 'firmware',
        atMs: 200,
        tookMs: 200,
        hostWaitMs: 0,
        console: 'console',
        evidence: 'proof',
      },
      {
        name: 'hypervisor',
        stage: 'hypervisor',
        atMs: 1_200,
        tookMs: 1_000,
        hostWaitMs: 0,
        budgetMs: 2_000,
        console: 'console',
        evidence: 'proof',
      },
      { name: 'kernel', stage: 'kernel', budgetMs: 5_000 },
    ]);
  });

  test('a budget that is not checked is in no record, and its milestone still is', () => {
    const milestones = new Milestones();
    milestones.allow('hypervisor', 'hypervisor', 'unchecked');
    milestones.allow('kernel', 'kernel', 'unchecked');
    milestones.note(at('hypervisor', 1_200));
    expect(milestones.records()[0]).toMatchObject({ name: 'hypervisor', atMs: 1_200 });
    expect(milestones.records()[0]).not.toHaveProperty('budgetMs');
    expect(milestones.records()[1]).toEqual({ name: 'kernel', stage: 'kernel' });
    expect([milestones.hasUncheckedBudgets, milestones.budgets]).toEqual([true, []]);
  });

  test('what was reached before the machine was saved is there again, with its budgets, and marked', () => {
    const before = new Milestones();
    before.allow('kernel', 'kernel', 5_000);
    before.note(at('firmware', 200));
    const milestones = new Milestones();
    milestones.recall(before.list(), before.budgets);
    milestones.note(at('kernel', 900));
    milestones.note(at('firmware', 950));
    expect(milestones.records()).toMatchObject([
      { name: 'firmware', atMs: 200, restored: true },
      { name: 'kernel', atMs: 900, budgetMs: 5_000 },
    ]);
    expect(milestones.records()[1]).not.toHaveProperty('restored');
  });

  test('what was reached after the state that the guest has gone back to can be reached again', () => {
    const milestones = new Milestones();
    milestones.note(at('firmware', 200));
    milestones.note(at('kernel', 900));
    milestones.goBack(500);
    expect(milestones.list().map(({ name }) => name)).toEqual(['firmware']);
    milestones.note(at('kernel', 1_400));
    expect(milestones.get('kernel')?.atMs).toBe(1_400);
  });

  test('listeners hear of a milestone once, until they stop', () => {
    const milestones = new Milestones();
    let heard = 0;
    const stop = milestones.onNoted(() => heard++);
    milestones.note(at('firmware', 1));
    milestones.note(at('firmware', 2));
    stop();
    milestones.note(at('kernel', 3));
    expect(heard).toBe(1);
  });
});
