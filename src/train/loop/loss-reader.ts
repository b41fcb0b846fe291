import * as tf from '@tensorflow/tfjs-core';

/** What is known of a step before its loss has been read. */
export interface StepInfo {
  readonly step: number;
  readonly epoch: number;
  readonly learningRate: number;
}

export interface StepNumbers extends StepInfo {
  readonly loss: number;
  readonly accuracy: number;
}

/**
 * Reads losses and accuracies of many steps at once while the next steps are computed, so that a GPU never waits for
 * the CPU. At most one group is being read: the queue of the device stays short.
 */
export class LossReader {
  private readonly waiting: { readonly info: StepInfo; readonly numbers: tf.Tensor1D }[] = [];
  private reading: Promise<StepNumbers[]> | null = null;

  /** Steps whose reading has not begun. */
  get pending(): number {
    return this.waiting.length;
  }

  /** @param numbers [2], loss and accuracy; the reader disposes of it */
  add(info: StepInfo, numbers: tf.Tensor1D): void {
    this.waiting.push({ info, numbers });
  }

  /** Starts reading what is pending, and returns the numbers of the previous group. */
  async next(): Promise<StepNumbers[]> {
    const before = await this.finish();
    if (this.waiting.length > 0) {
      this.reading = this.read(this.waiting.splice(0));
      this.reading.catch(() => {}); // told to whoever finishes it; nobody does where the device is lost meanwhile
    }
    return before;
  }

  /** Reads everything that is pending. */
  async drain(): Promise<StepNumbers[]> {
    return [...(await this.next()), ...(await this.finish())];
  }

  dispose(): void {
    tf.dispose(this.waiting.splice(0).map(({ numbers }) => numbers));
  }

  private async finish(): Promise<StepNumbers[]> {
    if (!this.reading) return [];
    const result = await this.reading;
    this.reading = null;
    return result;
  }

  private async read(
    group: { readonly info: StepInfo; readonly numbers: tf.Tensor1D }[],
  ): Promise<StepNumbers[]> {
    const parts = group.map(({ numbers }) => numbers);
    const all = tf.stack(parts); // [steps, 2]
    tf.dispose(parts);
    try {
      const values = await all.data<'float32'>();
      return group.map(({ info }, i) => ({
        ...info,
        loss: values[2 * i] ?? Number.NaN,
        accuracy: values[2 * i + 1] ?? Number.NaN,
      }));
    } finally {
      all.dispose();
    }
  }
}
