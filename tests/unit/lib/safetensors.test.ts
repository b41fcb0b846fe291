import { describe, expect, it } from 'vitest';
import { Safetensors, writeSafetensors } from '../../../src/lib/binary/safetensors.ts';
import { ProblemError } from '../../../src/lib/problem.ts';
import { createRandom } from '../../../src/lib/random.ts';

const open = (file: Blob): Promise<Safetensors> => Safetensors.open(file, 'x.safetensors');

/** A file by the letter of the format; nothing of it is checked. */
function fileOf(
  header: unknown,
  numbers: Uint8Array<ArrayBuffer> = new Uint8Array(0),
  announced?: bigint,
): Blob {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const length = new DataView(new ArrayBuffer(8));
  length.setBigUint64(0, announced ?? BigInt(text.length), true);
  return new Blob([length.buffer, text, numbers]);
}

const entry = (dtype: string, shape: readonly unknown[], from: unknown, to: unknown) => ({
  dtype,
  shape,
  data_offsets: [from, to],
});
const bytes = (...values: number[]): Uint8Array<ArrayBuffer> => new Uint8Array(values);
const numbers = (count: number): Uint8Array<ArrayBuffer> => new Uint8Array(count);

async function refusal(file: Blob): Promise<string> {
  const thrown: unknown = await open(file).then(
    () => null,
    (error: unknown) => error,
  );
  if (!(thrown instanceof ProblemError)) throw new Error(`not refused: ${String(thrown)}`);
  expect(thrown.message).toContain('x.safetensors');
  return thrown.message;
}

describe('what is written', () => {
  const tensors = [
    { name: 'conv1/kernel', shape: [2, 3], values: Float32Array.of(1.5, -0, 3.4e38, 1e-45, Number.NaN, -7) },
    { name: 'labels', shape: [3], values: Int32Array.of(-(2 ** 31), 0, 2 ** 31 - 1) },
    { name: 'nothing', shape: [0, 4], values: new Float32Array(0) },
    { name: 'one "number" – ü', shape: [], values: Float32Array.of(Number.NEGATIVE_INFINITY) },
  ];

  it('is read again, number by number', async () => {
    const file = await open(writeSafetensors(tensors));
    expect(file.names).toEqual(tensors.map(({ name }) => name));
    for (const { name, shape, values } of tensors) {
      expect(file.has(name)).toBe(true);
      expect(file.shape(name)).toEqual(shape);
      const read = values instanceof Float32Array ? await file.floats(name) : await file.integers(name);
      expect(read).toEqual(values);
    }
  });

  it('keeps texts in its header', async () => {
    const metadata = { format: 'pt', name: 'Ü "x"' };
    const file = await open(writeSafetensors(tensors, metadata));
    expect(Object.fromEntries(file.metadata)).toEqual(metadata);
    expect(file.names).toEqual(tensors.map(({ name }) => name));
    expect((await open(writeSafetensors(tensors))).metadata.size).toBe(0);
    expect(await refusal(fileOf({ __metadata__: { format: 1 } }))).toContain('its metadata are not texts');
  });

  it('is the format: a length, JSON up to a multiple of 8, the numbers one behind the other', async () => {
    const whole = new DataView(await writeSafetensors(tensors.slice(0, 2)).arrayBuffer());
    const length = Number(whole.getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const text = new TextDecoder().decode(new Uint8Array(whole.buffer, 8, length));
    expect(JSON.parse(text)).toEqual({
      'conv1/kernel': { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] },
      labels: { dtype: 'I32', shape: [3], data_offsets: [24, 36] },
    });
    expect(whole.byteLength).toBe(8 + length + 36);
    expect(whole.getFloat32(8 + length, true)).toBe(1.5);
    expect(whole.getInt32(8 + length + 24, true)).toBe(-(2 ** 31));
  });

  it('may be a view into a larger array, or lie in shared memory', async () => {
    const shared = new Float32Array(new SharedArrayBuffer(8));
    shared.set([5, 6]);
    const file = await open(
      writeSafetensors([
        { name: 'view', shape: [2], values: Float32Array.of(1, 2, 3, 4).subarray(1, 3) },
        { name: 'shared', shape: [2], values: shared },
      ]),
    );
    expect([...(await file.floats('view'))]).toEqual([2, 3]);
    expect([...(await file.floats('shared'))]).toEqual([5, 6]);
  });

  it('has each name once, and as many numbers as the shape says', () => {
    const one = { name: 'a', shape: [1], values: Float32Array.of(1) };
    expect(() => writeSafetensors([one, one])).toThrow(/"a" cannot be written/);
    expect(() => writeSafetensors([{ ...one, shape: [2] }])).toThrow(/"a" cannot be written/);
    expect(() => writeSafetensors([{ ...one, name: '__metadata__' }])).toThrow(/cannot be written/);
  });
});

describe('what others wrote', () => {
  it('may have the tensors in any order, remarks, and types that nobody asks for', async () => {
    const file = await open(
      fileOf(
        {
          __metadata__: { format: 'pt' },
          late: entry('F32', [1], 2, 6),
          half: entry('BF16', [1], 0, 2),
        },
        bytes(1, 2, 0, 0, 0x80, 0x3f),
      ),
    );
    expect(file.names).toEqual(['late', 'half']);
    expect([...(await file.floats('late'))]).toEqual([1]); // at a place that is no multiple of 4
    await expect(file.floats('half')).rejects.toThrow(/"half" in x.safetensors is of type BF16/);
  });

  it('may have 64 bits: real numbers are rounded, whole ones must fit into 32', async () => {
    const wide = new DataView(new ArrayBuffer(32));
    wide.setFloat64(0, 0.1, true);
    wide.setBigInt64(8, -5n, true);
    wide.setBigInt64(16, 2n ** 31n - 1n, true);
    wide.setBigInt64(24, 2n ** 31n, true);
    const file = await open(
      fileOf(
        { real: entry('F64', [1], 0, 8), whole: entry('I64', [2], 8, 24), far: entry('I64', [1], 24, 32) },
        new Uint8Array(wide.buffer),
      ),
    );
    expect([...(await file.floats('real'))]).toEqual([Math.fround(0.1)]);
    expect([...(await file.integers('whole'))]).toEqual([-5, 2 ** 31 - 1]);
    await expect(file.integers('far')).rejects.toThrow(/"far" holds 2147483648/);
  });

  it('is not read as another type, nor under another name', async () => {
    const file = await open(fileOf({ a: entry('F32', [1], 0, 4), b: entry('I32', [1], 4, 8) }, numbers(8)));
    await expect(file.integers('a')).rejects.toThrow(ProblemError);
    await expect(file.floats('b')).rejects.toThrow(/of type I32.*Write it as F32 or F64/);
    await expect(file.floats('A')).rejects.toThrow(/no tensor "A" \(it has 2: a, b\)/);
    expect(() => file.shape('toString')).toThrow(/no tensor "toString"/);
    expect(file.has('constructor')).toBe(false);
  });
});

describe('a file that is refused', () => {
  const a = entry('F32', [1], 0, 4);

  it.each<[string, Blob, RegExp]>([
    ['nothing', new Blob([]), /it has 0 bytes/],
    ['half a length', new Blob([bytes(8, 0, 0)]), /it has 3 bytes/],
    [
      'a header longer than is read',
      fileOf('{}', undefined, 2n ** 24n + 1n),
      /header would have 16777217 bytes/,
    ],
    [
      'a header of 2^64 - 1 bytes',
      fileOf('{}', undefined, 2n ** 64n - 1n),
      /header would have 18446744073709551615/,
    ],
    [
      'a header past the end',
      fileOf('{}', undefined, 3n),
      /would end at byte 11, behind the end of the file \(10/,
    ],
    ['a header of no bytes', fileOf('', undefined), /no JSON/],
    ['no JSON', fileOf('{"a": '), /no JSON/],
    ['a list', fileOf([a]), /no JSON object/],
    ['null', fileOf(null), /no JSON object/],
    [
      'a tensor without a place',
      fileOf({ a: { dtype: 'F32', shape: [1] } }, numbers(4)),
      /type, shape and place of "a"/,
    ],
    ['a tensor that is null', fileOf({ a: null }), /type, shape and place of "a"/],
    ['a place with three ends', fileOf({ a: { ...a, data_offsets: [0, 4, 4] } }, numbers(4)), /place of "a"/],
    ['a place before the beginning', fileOf({ a: entry('F32', [1], -4, 0) }, numbers(4)), /place of "a"/],
    ['a place in text', fileOf({ a: entry('F32', [1], '0', '4') }, numbers(4)), /place of "a"/],
    ['half a byte', fileOf({ a: entry('F32', [1], 0.5, 4.5) }, numbers(5)), /place of "a"/],
    ['a shape below nothing', fileOf({ a: entry('F32', [-1, -1], 0, 4) }, numbers(4)), /place of "a"/],
    ['a shape of halves', fileOf({ a: entry('F32', [0.5, 2], 0, 4) }, numbers(4)), /place of "a"/],
    [
      'a shape of 17 edges',
      fileOf({ a: entry('F32', new Array(17).fill(1), 0, 4) }, numbers(4)),
      /place of "a"/,
    ],
    [
      'a shape beyond all numbers',
      fileOf({ a: entry('F32', [2 ** 53, 2], 0, 4) }, numbers(4)),
      /place of "a"/,
    ],
    [
      'a place that ends before it begins',
      fileOf({ a: entry('F32', [1], 4, 0) }, numbers(4)),
      /"a" has -4 bytes/,
    ],
    [
      'more numbers than the shape says',
      fileOf({ a: entry('F32', [1], 0, 8) }, numbers(8)),
      /"a" has 8 bytes.*\[1\]/,
    ],
    [
      'numbers of another type than said',
      fileOf({ a: entry('F64', [1], 0, 4) }, numbers(4)),
      /numbers of type F64/,
    ],
    ['a huge shape', fileOf({ a: entry('F32', [2 ** 30, 2 ** 30], 0, 4) }, numbers(4)), /"a" has 4 bytes/],
    [
      'numbers that two tensors share',
      fileOf({ a: entry('F32', [2], 0, 8), b: entry('F32', [2], 4, 12) }, numbers(12)),
      /"b" does not begin where the tensor before it ends/,
    ],
    [
      'the same numbers under two names',
      fileOf({ a, b: a }, numbers(4)),
      /"b" does not begin where the tensor before it ends/,
    ],
    ['a gap', fileOf({ a, b: entry('F32', [1], 8, 12) }, numbers(12)), /"b" does not begin/],
    ['a gap in front', fileOf({ a: entry('F32', [1], 4, 8) }, numbers(8)), /"a" does not begin/],
    [
      'a name that comes twice',
      fileOf(
        '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}',
        numbers(8),
      ),
      /"a" does not begin/,
    ],
    [
      'a name that means something else',
      fileOf('{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', numbers(4)),
      /4 bytes at its end/,
    ],
    ['numbers cut off', fileOf({ a }, numbers(3)), /cut off: 4 bytes of numbers are announced, 3 are there/],
    ['bytes that belong to nobody', fileOf({ a }, numbers(5)), /1 bytes at its end belong to no tensor/],
    [
      'a number of an unknown type behind the end',
      fileOf({ a: entry('F8', [1], 0, 2 ** 40) }, numbers(4)),
      /cut off: 1099511627776 bytes/,
    ],
  ])('%s', async (_, file, reason) => {
    expect(await refusal(file)).toMatch(reason);
  });

  it('shows no more than the beginning of a name', async () => {
    const name = 'n'.repeat(100_000);
    expect((await refusal(fileOf({ [name]: null }))).length).toBeLessThan(300);
  });

  const sound = writeSafetensors([
    { name: 'kernel', shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) },
    { name: 'labels', shape: [3], values: Int32Array.of(1, 2, 3) },
  ]);

  it('wherever a sound one is cut off', async () => {
    for (let end = 0; end < sound.size; end++) {
      expect(await refusal(sound.slice(0, end)), `${end} bytes`).toMatch(/Write it again/);
    }
  });

  it('or it is read without harm, whichever bytes of the header are changed', async () => {
    const random = createRandom(5);
    const whole = new Uint8Array(await sound.arrayBuffer());
    const header = whole.length - 28;
    let refused = 0;
    for (let round = 0; round < 2000; round++) {
      const changed = whole.slice();
      for (let i = 0; i <= round % 3; i++) changed[random.below(header)] = random.below(256);
      const file = await open(new Blob([changed])).catch((thrown: unknown) => {
        expect(thrown).toBeInstanceOf(ProblemError);
        refused++;
        return null;
      });
      if (!file) continue;
      let read = 0;
      for (const name of file.names) {
        const size = file.shape(name).reduce((product, edge) => product * edge, 1);
        const values = await file.floats(name).catch(() => file.integers(name).catch(() => null));
        if (values) expect(values.length).toBe(size);
        read += values?.byteLength ?? 0;
      }
      expect(read).toBeLessThanOrEqual(28);
    }
    expect(refused).toBeGreaterThan(200);
    expect(refused).toBeLessThan(2000);
  });
});
