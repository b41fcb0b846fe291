// The residual blocks of dlib's face recognition network, in order. A block with `down` has stride 2.

export const EDGE = 150;
/** Mean of red, green and blue that is taken off, and what the rest is divided by, upstream. */
export const MEAN = [122.782, 117.001, 104.298];
export const DIVISOR = 255;

const plain = (/** @type {string} */ name) => ({ name, down: false });
const down = (/** @type {string} */ name) => ({ name, down: true });

export const BLOCKS = [
  plain('conv32_1'), // 35x35
  plain('conv32_2'),
  plain('conv32_3'),
  down('conv64_down'), // 17x17
  plain('conv64_1'),
  plain('conv64_2'),
  plain('conv64_3'),
  down('conv128_down'), // 8x8
  plain('conv128_1'),
  plain('conv128_2'),
  down('conv256_down'), // 3x3, padded to 4x4
  plain('conv256_1'),
  plain('conv256_2'),
  down('conv256_down_out'), // 1x1, padded to 2x2
];
