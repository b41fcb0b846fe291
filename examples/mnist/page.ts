/** The page between the terminal and the worker that trains. */
import type { Order, Result } from './case.ts';

export interface SpheresDoor {
  train(task: Omit<Order, keyof Digits>): Promise<Result>;
}

declare global {
  interface Window {
    spheres?: SpheresDoor;
    readonly tell?: (done: number, total: number) => Promise<void>;
  }
}

type Digits = Pick<Order, 'train' | 'test'>;

type Answer =
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  | { readonly kind: 'result'; readonly result: Result }
  | { readonly kind: 'failed'; readonly why: string };

interface Labels {
  readonly train: readonly number[];
  readonly test: readonly number[];
}

const bytes = async (name: string): Promise<Uint8Array> =>
  new Uint8Array(await (await fetch(name)).arrayBuffer());

const labels = (await (await fetch('labels.json')).json()) as Labels; // written a moment ago by main.ts
const digits: Digits = {
  train: { pixels: await bytes('train.bin'), labels: labels.train },
  test: { pixels: await bytes('test.bin'), labels: labels.test },
};

window.spheres = {
  train: (task) =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./spheres.worker.ts', import.meta.url), { type: 'module' });
      worker.onerror = (event) => reject(new Error(event.message));
      worker.onmessage = ({ data }: MessageEvent<Answer>) => {
        if (data.kind === 'progress') {
          void window.tell?.(data.done, data.total);
          return;
        }
        worker.terminate();
        if (data.kind === 'result') resolve(data.result);
        else reject(new Error(data.why));
      };
      worker.postMessage({ ...task, ...digits } satisfies Order);
    }),
};
