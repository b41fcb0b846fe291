import { expect, it } from 'vitest';
import { currentTask, occupyTrainer } from '../../../src/state/trainer-task.ts';

it('the trainer has one task at a time and is free again after it, also after a failure', async () => {
  let fail: (error: Error) => void = () => {};
  const run = occupyTrainer('training', () => new Promise<never>((_, reject) => (fail = reject)));
  expect(currentTask()).toBe('training');
  await expect(occupyTrainer('lr-finder', async () => {})).rejects.toThrow(/busy/);
  expect(currentTask()).toBe('training');
  fail(new Error('out of memory'));
  await expect(run).rejects.toThrow('out of memory');
  expect(currentTask()).toBe('none');
  expect(await occupyTrainer('lr-finder', async () => 0.002)).toBe(0.002);
});
