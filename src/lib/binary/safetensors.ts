import { z } from 'zod';
import { ProblemError } from '../problem.ts';
import { fromFloat16Array } from './float16.ts';

/*
 * The safetensors format (github.com/huggingface/safetensors): 8 bytes, little-endian, the length of the header; the
 * header, JSON, {name: {dtype, shape, data_offsets: [begin, end]}}; the numbers, little-endian, row by row, without gaps.
 */

/** Named numbers as they are written: F32, I32, I8, or F16 by its bits. */
export interface SafeTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array | Int8Array | Uint16Array;
}

const LENGTH_BYTES = 8;
/** A header has about 100 bytes a tensor. */
const MAX_HEADER = 16 * 1024 * 1024;
const METADATA = '__metadata__';

const BYTES = { F32: 4, F64: 8, F16: 2, I8: 1, I32: 4, I64: 8 } as const;
type Readable = keyof typeof BYTES;
const isReadable = (dtype: string): dtype is Readable => dtype in BYTES;

const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const entrySchema = z.object({
  dtype: z.string().max(16),
  shape: z.array(count).max(16),
  data_offsets: z.tuple([count, count]),
});
const headerSchema = z.record(z.string(), z.unknown());
const metadataSchema = z.record(z.string(), z.string());
type Entry = z.infer<typeof entrySchema>;

/**
 * Writes tensors one behind the other.
 *
 * @param metadata texts by name, in the header
 * @throws Error where a shape is not that of the numbers, or a name comes twice
 */
export function writeSafetensors(
  tensors: readonly SafeTensor[],
  metadata: Readonly<Record<string, string>> = {},
): Blob {
  const header = new Map<string, Entry>();
  let at = 0;
  for (const { name, shape, values } of tensors) {
    if (sizeOf(shape) !== values.length || header.has(name) || name === METADATA) {
      throw new Error(`Internal error: "${name}" cannot be written`);
    }
    const end = at + values.byteLength;
    header.set(name, { dtype: dtypeOf(values), shape: [...shape], data_offsets: [at, end] });
    at = end;
  }
  const text = JSON.stringify({
    ...(Object.keys(metadata).length > 0 && { [METADATA]: metadata }),
    ...Object.fromEntries(header),
  });
  const bytes = new TextEncoder().encode(text);
  // Spaces behind it let the numbers begin at a multiple of 8.
  const padded = new Uint8Array(Math.ceil(bytes.length / 8) * 8).fill(0x20);
  padded.set(bytes);
  const length = new DataView(new ArrayBuffer(LENGTH_BYTES));
  length.setBigUint64(0, BigInt(padded.length), true);
  // Copies: a view may lie in shared memory, which a Blob does not take.
  return new Blob([length.buffer, padded, ...tensors.map(({ values }) => values.slice())]);
}

function dtypeOf(values: SafeTensor['values']): Readable {
  if (values instanceof Float32Array) return 'F32';
  if (values instanceof Uint16Array) return 'F16';
  return values instanceof Int8Array ? 'I8' : 'I32';
}

/** A file of named numbers, of which only the header has been read. */
export class Safetensors {
  private readonly file: Blob;
  private readonly fileName: string;
  private readonly begin: number;
  private readonly entries: ReadonlyMap<string, Entry>;
  /** Texts by name; empty where the file has none. */
  readonly metadata: ReadonlyMap<string, string>;

  private constructor(file: Blob, fileName: string, begin: number, { entries, metadata }: Header) {
    this.file = file;
    this.fileName = fileName;
    this.begin = begin;
    this.entries = entries;
    this.metadata = metadata;
  }

  /**
   * Reads and checks the header: that the tensors lie one behind the other and fill the file.
   *
   * @param fileName for sentences to the person
   * @throws ProblemError where it is no such file, cut off, or not consistent
   */
  static async open(file: Blob, fileName: string): Promise<Safetensors> {
    const wrong = (how: string): ProblemError => notSo(fileName, how);
    if (file.size < LENGTH_BYTES) {
      throw wrong(`it has ${file.size} bytes, where the length of the header alone takes ${LENGTH_BYTES}`);
    }
    const start = new DataView(await file.slice(0, LENGTH_BYTES).arrayBuffer());
    const length = start.getBigUint64(0, true);
    if (length > BigInt(MAX_HEADER)) {
      throw wrong(`its header would have ${length} bytes, where at most ${MAX_HEADER} are read`);
    }
    const begin = LENGTH_BYTES + Number(length);
    if (begin > file.size) {
      throw wrong(`its header would end at byte ${begin}, behind the end of the file (${file.size} bytes)`);
    }
    const header = parseHeader(await file.slice(LENGTH_BYTES, begin).text(), wrong);
    checkOffsets(header.entries, file.size - begin, wrong);
    return new Safetensors(file, fileName, begin, header);
  }

  get names(): string[] {
    return [...this.entries.keys()];
  }

  has(name: string): boolean {
    return this.entries.has(name);
  }

  /** @throws ProblemError where there is no such tensor */
  shape(name: string): readonly number[] {
    return this.entry(name).shape;
  }

  /** Real numbers (F32, or F64 rounded; F16 and I8 are exact). @throws ProblemError where there is no such tensor, or of another type */
  async floats(name: string): Promise<Float32Array> {
    const { dtype, bytes } = await this.read(name, ['F32', 'F64', 'F16', 'I8']);
    switch (dtype) {
      case 'F32':
        return new Float32Array(bytes);
      case 'F16':
        return fromFloat16Array(new Uint16Array(bytes));
      case 'I8':
        return Float32Array.from(new Int8Array(bytes));
      default:
        return Float32Array.from(new Float64Array(bytes));
    }
  }

  /**
   * Whole numbers (I32, or I64 that fit).
   *
   * @throws ProblemError where there is no such tensor, of another type, or with a number beyond 32 bits
   */
  async integers(name: string): Promise<Int32Array> {
    const { dtype, bytes } = await this.read(name, ['I32', 'I64']);
    if (dtype === 'I32') return new Int32Array(bytes);
    return Int32Array.from(new BigInt64Array(bytes), (value) => {
      if (BigInt.asIntN(32, value) === value) return Number(value);
      throw notSo(this.fileName, `"${name}" holds ${value}, which does not fit into 32 bits`);
    });
  }

  private entry(name: string): Entry {
    const entry = this.entries.get(name);
    if (entry) return entry;
    const others = this.names.slice(0, 5).join(', ');
    throw new ProblemError(
      `${this.fileName} has no tensor "${name}" (it has ${this.entries.size}: ${others}${this.entries.size > 5 ? ', ...' : ''}).`,
      'Write it under that name.',
    );
  }

  private async read(
    name: string,
    types: readonly Readable[],
  ): Promise<{ dtype: string; bytes: ArrayBuffer }> {
    const { dtype, data_offsets } = this.entry(name);
    if (!types.some((type) => type === dtype)) {
      throw new ProblemError(
        `"${name}" in ${this.fileName} is of type ${dtype}, which cannot be used here.`,
        `Write it as ${types.join(' or ')}.`,
      );
    }
    const [from, to] = data_offsets;
    return { dtype, bytes: await this.file.slice(this.begin + from, this.begin + to).arrayBuffer() };
  }
}

interface Header {
  readonly entries: ReadonlyMap<string, Entry>;
  readonly metadata: ReadonlyMap<string, string>;
}

function parseHeader(text: string, wrong: (how: string) => ProblemError): Header {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong('its header is no JSON');
  }
  const header = headerSchema.safeParse(value);
  if (!header.success) throw wrong('its header is no JSON object');
  const entries = new Map<string, Entry>();
  for (const [name, content] of Object.entries(header.data)) {
    if (name === METADATA) continue;
    const entry = entrySchema.safeParse(content);
    const short = name.slice(0, 80);
    if (!entry.success) throw wrong(`its header does not say type, shape and place of "${short}"`);
    const { dtype, shape, data_offsets } = entry.data;
    const [from, to] = data_offsets;
    const bytes = isReadable(dtype) ? BYTES[dtype] : null; // others may be there; they are not read
    if (to < from || (bytes !== null && sizeOf(shape) * bytes !== to - from)) {
      throw wrong(
        `"${short}" has ${to - from} bytes, which are not [${shape.join(', ')}] numbers of type ${dtype}`,
      );
    }
    entries.set(name, entry.data);
  }
  const metadata = metadataSchema.safeParse(header.data[METADATA] ?? {});
  if (!metadata.success) throw wrong('its metadata are not texts by name');
  return { entries, metadata: new Map(Object.entries(metadata.data)) };
}

/** Every byte belongs to exactly one tensor: nothing overlaps, nothing is hidden or cut off. */
function checkOffsets(
  entries: ReadonlyMap<string, Entry>,
  bytes: number,
  wrong: (how: string) => ProblemError,
): void {
  const places = [...entries].sort(
    ([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1],
  );
  let at = 0;
  for (const [name, { data_offsets }] of places) {
    if (data_offsets[0] !== at)
      throw wrong(`"${name.slice(0, 80)}" does not begin where the tensor before it ends`);
    at = data_offsets[1];
  }
  if (at > bytes) throw wrong(`it is cut off: ${at} bytes of numbers are announced, ${bytes} are there`);
  if (at < bytes) throw wrong(`${bytes - at} bytes at its end belong to no tensor`);
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, edge) => size * edge, 1);

const notSo = (fileName: string, how: string): ProblemError =>
  new ProblemError(`${fileName} is no safetensors file that can be read: ${how}.`, 'Write it again.');
