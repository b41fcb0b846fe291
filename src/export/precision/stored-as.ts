import type { WeightPrecision } from '../../domain/export/weight-precision.ts';
import { fromFloat16, toFloat16Array } from '../../lib/binary/float16.ts';
import { unreachable } from '../../lib/unreachable.ts';

/** The numbers of a weight as a file holds them. */
export type Stored =
  | { readonly type: 'float32'; readonly values: Float32Array }
  /** Bits of 16-bit floats. */
  | { readonly type: 'float16'; readonly halves: Uint16Array<ArrayBuffer> }
  | { readonly type: 'int8'; readonly values: Int8Array<ArrayBuffer> };

const LARGEST_INT8 = 127;

/**
 * The narrowest type that a precision allows and that holds a weight without any loss: the network was given that precision before
 * ({@link withPrecision}), so that writing it changes nothing. What does not fit is stored as 32-bit floats, e.g. norms.
 */
export function storedAs(values: Float32Array, precision: WeightPrecision): Stored {
  switch (precision) {
    case 'float32':
      return { type: 'float32', values };
    case 'float16': {
      const halves = toFloat16Array(values);
      const exact = values.every((value, i) => fromFloat16(halves[i] ?? 0) === value);
      return exact ? { type: 'float16', halves } : { type: 'float32', values };
    }
    case 'int8': {
      const whole = values.every((value) => Number.isInteger(value) && Math.abs(value) <= LARGEST_INT8);
      return whole ? { type: 'int8', values: Int8Array.from(values) } : { type: 'float32', values };
    }
    default:
      return unreachable(precision);
  }
}
