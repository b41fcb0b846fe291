import * as tf from '@tensorflow/tfjs-core';

/** What is known about a step before its numbers have been read. */
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
 * Reads the numbers of many steps at once and while the next ones are computed, so that a graphics card never
 * waits for the processor. At most one group is under way: the queue of the device stays short.
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

  /** Starts reading what waits, and gives the numbers of the group before. */
  async turn(): Promise<StepNumbers[]> {
    const before = await this.finish();
    if (this.waiting.length > 0) this.reading = this.read(this.waiting.splice(0));
    return before;
  }

  /** Reads everything. */
  async drain(): Promise<StepNumbers[]> {
    return [...(await this.turn()), ...(await this.finish())];
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
