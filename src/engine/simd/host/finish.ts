import { finishOp } from './layout.generated.ts';

/** What a product or a convolution does with its result while it is in the cache: assembly/vector/finish.ts. */
export type Finish = readonly [bias: number, slopes: number, activation: number];

/** Neither bias nor activation. */
export const NOTHING: Finish = [0, 0, finishOp.linear];
