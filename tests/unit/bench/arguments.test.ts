import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../../bench/arguments.ts';

describe('the command line of the bench', () => {
  it('measures the training step of MobileFaceNet on simd when nothing is asked', () => {
    expect(parseCommand([])).toEqual({
      task: 'time',
      work: {
        backbone: 'mobilefacenet',
        size: 112,
        batch: 32,
        threads: availableParallelism(),
        forward: false,
        wholeBatch: false,
      },
      backends: ['simd'],
      peers: [],
      steps: 5,
      rounds: 3,
      kernels: false,
      json: false,
      softwareGpu: false,
      browserFlags: [],
    });
  });

  it('takes what is asked, each name once', () => {
    const line =
      '--backend webgl,simd,webgl --peers pytorch,jax-wasm --backbone small-cnn --size 48 --batch 8 --steps 2 --rounds 1 --threads 1 --forward --kernels --json --browser-flag=--a --browser-flag=--b';
    expect(parseCommand(line.split(' '))).toMatchObject({
      work: { backbone: 'small-cnn', size: 48, batch: 8, threads: 1, forward: true },
      backends: ['webgl', 'simd'],
      peers: ['pytorch', 'jax-wasm'],
      steps: 2,
      rounds: 1,
      kernels: true,
      json: true,
      browserFlags: ['--a', '--b'],
    });
    expect(parseCommand(['--backbone', 'small-cnn']).work.size).toBe(64);
    expect(parseCommand(['--size', '32']).work).toMatchObject({ backbone: 'mobilefacenet', size: 32 });
  });

  it.each([
    ['--backend cuda', /there is no "cuda"/],
    ['--peers stock', /there is no "stock"/],
    ['--backbone resnet', /there is no "resnet"/],
    ['--size 100', /No network takes pictures of 100/],
    ['--batch 1', /at least 2/],
    ['--backbone vgg8 --peers pytorch', /No other library has vgg8/],
    ['--steps 0', /at least 1/],
    ['--rounds 1.5', /whole number/],
    ['--fast', /Unknown option/],
  ])('%s is refused with a reason', (line, reason) => {
    expect(() => parseCommand(line.split(' '))).toThrow(reason);
  });
});
