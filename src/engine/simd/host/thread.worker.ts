import { CLOSING, FAILED, GENERATION, PENDING } from './layout.ts';
import { instantiate } from './module.ts';
import { type ThreadStart, threadAnswer } from './thread-message.ts';

/** Looks at the generation before going to sleep: work comes in quick succession within a training step. */
const LOOKS = 20_000;

addEventListener('message', ({ data }: MessageEvent<ThreadStart>) => void help(data), { once: true });

/** Waits for work, does its share, says so, for ever. Messages are not heard any more. */
async function help({ module, memory }: ThreadStart): Promise<void> {
  const kernels = await instantiate(module, memory);
  const words = new Int32Array(memory.buffer);
  let seen = Atomics.load(words, GENERATION);
  postMessage(threadAnswer);
  for (;;) {
    if (!kernels.changed(GENERATION * 4, seen, LOOKS)) Atomics.wait(words, GENERATION, seen);
    seen = Atomics.load(words, GENERATION);
    if (Atomics.load(words, CLOSING) !== 0) return;
    try {
      kernels.run();
    } catch (thrown) {
      console.error('A thread that computes broke off', thrown);
      Atomics.store(words, FAILED, 1);
    }
    if (Atomics.sub(words, PENDING, 1) === 1) Atomics.notify(words, PENDING);
  }
}
