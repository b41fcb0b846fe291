import { WORD } from './layout.generated.ts';
import { instantiate } from './module.ts';
import { type ThreadStart, threadAnswer } from './thread-message.ts';

/** Polls of the generation before waiting: launches follow each other quickly within a training step. */
const POLLS = 20_000;

addEventListener('message', ({ data }: MessageEvent<ThreadStart>) => void help(data), { once: true });

/** Waits for launches, takes its share and reports, until it is closed. It handles no further messages. */
async function help({ module, memory }: ThreadStart): Promise<void> {
  const kernels = await instantiate(module, memory);
  const words = new Int32Array(memory.buffer);
  let seen = Atomics.load(words, WORD.GENERATION);
  postMessage(threadAnswer);
  for (;;) {
    if (!kernels.changed(WORD.GENERATION * 4, seen, POLLS)) Atomics.wait(words, WORD.GENERATION, seen);
    const generation = Atomics.load(words, WORD.GENERATION);
    // Woken for a launch that this thread has already done: the launching thread was interrupted between counting it up
    // and waking, while this one saw it, finished and fell asleep. To report it twice would make the count of pending
    // threads negative, and the launch would never end.
    if (generation === seen) continue;
    seen = generation;
    if (Atomics.load(words, WORD.CLOSING) !== 0) return;
    try {
      kernels.run();
    } catch (thrown) {
      console.error('A worker thread of the CPU backend crashed', thrown);
      Atomics.store(words, WORD.FAILED, 1);
    }
    if (Atomics.sub(words, WORD.PENDING, 1) === 1) Atomics.notify(words, WORD.PENDING);
  }
}
