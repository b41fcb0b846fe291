import { AXES } from '../generated/layout';
import { int, ptr } from '../layout';

// Where the arguments begin, and the last two axes in each list.
const SIZES: i32 = 2;
const FROM: i32 = SIZES + AXES;
const TO: i32 = FROM + AXES;
const BLOCKS: i32 = TO + AXES;
const ROW: i32 = AXES - 2;
const COLUMN: i32 = AXES - 1;

/**
 * Numbers from one box to another of the same sizes, each with steps (bytes, any sign, 0 to repeat) of its own. The
 * last two axes are a plane, which is cut into blocks of rows and columns.
 *
 * Args: from, to, sizes (AXES), steps from (AXES), steps to (AXES), blocks of rows, rows a block, blocks of columns, columns a
 * block. Work items: planes * blocks of rows * blocks of columns.
 */
export function stridedCopy(begin: i32, end: i32): void {
  const rows = int(SIZES + ROW);
  const columns = int(SIZES + COLUMN);
  const rowBlocks = int(BLOCKS);
  const perRowBlock = int(BLOCKS + 1);
  const columnBlocks = int(BLOCKS + 2);
  const perColumnBlock = int(BLOCKS + 3);
  const fromRow = int(FROM + ROW);
  const fromColumn = int(FROM + COLUMN);
  const toRow = int(TO + ROW);
  const toColumn = int(TO + COLUMN);
  for (let item = begin; item < end; item++) {
    let left = item;
    const column = (left % columnBlocks) * perColumnBlock;
    left /= columnBlocks;
    const row = (left % rowBlocks) * perRowBlock;
    left /= rowBlocks;
    let from = ptr(0);
    let to = ptr(1);
    for (let axis = ROW - 1; axis >= 0; axis--) {
      const size = int(SIZES + axis);
      const index = left % size;
      left /= size;
      from += <usize>(index * int(FROM + axis));
      to += <usize>(index * int(TO + axis));
    }
    from += <usize>(row * fromRow + column * fromColumn);
    to += <usize>(row * toRow + column * toColumn);
    const height = min(perRowBlock, rows - row);
    const width = min(perColumnBlock, columns - column);
    if (toColumn == 4 && fromColumn == 4) copyRows(from, to, height, width, fromRow, toRow);
    else if (toColumn == 4 && fromColumn == 0) repeat(from, to, height, width, fromRow, toRow);
    else if (toColumn == 4 && fromRow == 4) transpose(from, to, height, width, fromColumn, toRow);
    else scatter(from, to, height, width);
  }
}

@inline
function copyRows(from: usize, to: usize, height: i32, width: i32, fromRow: i32, toRow: i32): void {
  for (let r = 0; r < height; r++) {
    let x = from;
    let y = to;
    let left = width;
    for (; left >= 4; left -= 4) {
      v128.store(y, v128.load(x));
      x += 16;
      y += 16;
    }
    for (; left > 0; left--) {
      store<i32>(y, load<i32>(x));
      x += 4;
      y += 4;
    }
    from += <usize>fromRow;
    to += <usize>toRow;
  }
}

@inline
function repeat(from: usize, to: usize, height: i32, width: i32, fromRow: i32, toRow: i32): void {
  for (let r = 0; r < height; r++) {
    const value = v128.load32_splat(from);
    let y = to;
    let left = width;
    for (; left >= 4; left -= 4) {
      v128.store(y, value);
      y += 16;
    }
    for (; left > 0; left--) {
      store<i32>(y, i32x4.extract_lane(value, 0));
      y += 4;
    }
    from += <usize>fromRow;
    to += <usize>toRow;
  }
}

/** Transposes, blocks of 4 x 4 in registers. */
@inline
function transpose(from: usize, to: usize, height: i32, width: i32, fromColumn: i32, toRow: i32): void {
  const step = <usize>fromColumn;
  const out = <usize>toRow;
  let r = 0;
  for (; r + 4 <= height; r += 4) {
    let x = from + (<usize>r << 2);
    let y = to + <usize>r * out;
    let left = width;
    for (; left >= 4; left -= 4) {
      const a = v128.load(x);
      const b = v128.load(x + step);
      const c = v128.load(x + 2 * step);
      const d = v128.load(x + 3 * step);
      const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
      const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
      const ab2 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
      const cd2 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
      v128.store(y, v128.shuffle<i64>(ab, cd, 0, 2));
      v128.store(y + out, v128.shuffle<i64>(ab, cd, 1, 3));
      v128.store(y + 2 * out, v128.shuffle<i64>(ab2, cd2, 0, 2));
      v128.store(y + 3 * out, v128.shuffle<i64>(ab2, cd2, 1, 3));
      x += 4 * step;
      y += 16;
    }
    for (; left > 0; left--) {
      store<i32>(y, load<i32>(x));
      store<i32>(y + out, load<i32>(x, 4));
      store<i32>(y + 2 * out, load<i32>(x, 8));
      store<i32>(y + 3 * out, load<i32>(x, 12));
      x += step;
      y += 4;
    }
  }
  for (; r < height; r++) {
    let x = from + (<usize>r << 2);
    let y = to + <usize>r * out;
    for (let c = 0; c < width; c++) {
      store<i32>(y, load<i32>(x));
      x += step;
      y += 4;
    }
  }
}

function scatter(from: usize, to: usize, height: i32, width: i32): void {
  for (let r = 0; r < height; r++) {
    let x = from;
    let y = to;
    for (let c = 0; c < width; c++) {
      store<i32>(y, load<i32>(x));
      x += <usize>int(FROM + COLUMN);
      y += <usize>int(TO + COLUMN);
    }
    from += <usize>int(FROM + ROW);
    to += <usize>int(TO + ROW);
  }
}
