import { Reader } from 'protobufjs/minimal.js';
import { fromFloat16Array } from '../../lib/binary/float16.ts';
import { ProblemError } from '../../lib/problem.ts';

/** An attribute as it stands in a file: whichever of its fields are there. */
export interface ReadAttribute {
  readonly float: number;
  readonly int: number;
  readonly text: string;
  readonly ints: readonly number[];
}

export interface ReadNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, ReadAttribute>;
}

export interface ReadTensor {
  readonly dims: readonly number[];
  readonly values: Float32Array | Int32Array;
}

/** What of a file is needed to run it. */
export interface ReadModel {
  readonly nodes: readonly ReadNode[];
  readonly tensors: ReadonlyMap<string, ReadTensor>;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** Numbers of the fields, from onnx.proto; stated anew, so that a slip in the writer does not go unseen. */
const MODEL = { graph: 7 };
const GRAPH = { node: 1, initializer: 5, input: 11, output: 12 };
const NODE = { input: 1, output: 2, type: 4, attribute: 5 };
const ATTRIBUTE = { name: 1, float: 2, int: 3, text: 4, ints: 8 };
const TENSOR = { dims: 1, type: 2, name: 8, raw: 9 };
const VALUE = { name: 1 };

const FLOAT = 1;
const INT8 = 3;
const INT64 = 7;
const FLOAT16 = 10;
/** Bytes of a number. */
const WIDTHS: ReadonlyMap<number, number> = new Map([
  [FLOAT, 4],
  [INT8, 1],
  [INT64, 8],
  [FLOAT16, 2],
]);
/** Of a field that is a message, text or bytes, or numbers in a row. */
const DELIMITED = 2;

/**
 * Reads an ONNX file as anybody would who knows only the format.
 *
 * @throws ProblemError where it is damaged, or holds what the files of this program do not
 */
export function decodeModel(bytes: Uint8Array): ReadModel {
  try {
    let graph: ReadModel | null = null;
    eachField(Reader.create(bytes), (field, reader) => {
      if (field !== MODEL.graph) return false;
      graph = readGraph(inner(reader));
      return true;
    });
    if (graph !== null) return graph;
    throw damaged('it holds no graph');
  } catch (thrown) {
    if (thrown instanceof ProblemError) throw thrown;
    throw damaged(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

/** @param read reads a field, or says that it is another's and to be skipped */
function eachField(reader: Reader, read: (field: number, reader: Reader, wire: number) => boolean): void {
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const wire = tag & 7;
    if (!read(tag >>> 3, reader, wire)) reader.skipType(wire);
  }
}

/** A message in a message. */
const inner = (reader: Reader): Reader => Reader.create(reader.bytes());

function readGraph(reader: Reader): ReadModel {
  const nodes: ReadNode[] = [];
  const tensors = new Map<string, ReadTensor>();
  const inputs: string[] = [];
  const outputs: string[] = [];
  eachField(reader, (field) => {
    switch (field) {
      case GRAPH.node:
        nodes.push(readNode(inner(reader)));
        return true;
      case GRAPH.initializer: {
        const { name, tensor } = readTensor(inner(reader));
        tensors.set(name, tensor);
        return true;
      }
      case GRAPH.input:
        inputs.push(readName(inner(reader)));
        return true;
      case GRAPH.output:
        outputs.push(readName(inner(reader)));
        return true;
      default:
        return false;
    }
  });
  return { nodes, tensors, inputs, outputs };
}

function readName(reader: Reader): string {
  let name = '';
  eachField(reader, (field) => {
    if (field !== VALUE.name) return false;
    name = reader.string();
    return true;
  });
  return name;
}

function readNode(reader: Reader): ReadNode {
  let op = '';
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, ReadAttribute>();
  eachField(reader, (field) => {
    switch (field) {
      case NODE.input:
        inputs.push(reader.string());
        return true;
      case NODE.output:
        outputs.push(reader.string());
        return true;
      case NODE.type:
        op = reader.string();
        return true;
      case NODE.attribute: {
        const { name, attribute } = readAttribute(inner(reader));
        attributes.set(name, attribute);
        return true;
      }
      default:
        return false;
    }
  });
  return { op, inputs, outputs, attributes };
}

function readAttribute(reader: Reader): { readonly name: string; readonly attribute: ReadAttribute } {
  let name = '';
  let [float, int] = [Number.NaN, Number.NaN];
  let text = '';
  const ints: number[] = [];
  eachField(reader, (field, _, wire) => {
    switch (field) {
      case ATTRIBUTE.name:
        name = reader.string();
        return true;
      case ATTRIBUTE.float:
        float = reader.float();
        return true;
      case ATTRIBUTE.int:
        int = reader.int32();
        return true;
      case ATTRIBUTE.text:
        text = reader.string();
        return true;
      case ATTRIBUTE.ints:
        ints.push(...wholes(reader, wire));
        return true;
      default:
        return false;
    }
  });
  return { name, attribute: { float, int, text, ints } };
}

function readTensor(reader: Reader): { readonly name: string; readonly tensor: ReadTensor } {
  let name = '';
  let type = 0;
  let raw = new Uint8Array(0);
  const dims: number[] = [];
  eachField(reader, (field, _, wire) => {
    switch (field) {
      case TENSOR.name:
        name = reader.string();
        return true;
      case TENSOR.type:
        type = reader.int32();
        return true;
      case TENSOR.dims:
        dims.push(...wholes(reader, wire));
        return true;
      case TENSOR.raw:
        raw = reader.bytes().slice(); // at a multiple of its numbers' size
        return true;
      default:
        return false;
    }
  });
  const width = WIDTHS.get(type);
  const expected = dims.reduce((product, size) => product * size, width ?? 0);
  if (width === undefined || raw.length !== expected) {
    throw damaged(
      `"${name.slice(0, 80)}" has ${raw.length} bytes of type ${type} where it needs ${expected}`,
    );
  }
  return { name, tensor: { dims, values: numbersOf(type, raw) } };
}

function numbersOf(type: number, raw: Uint8Array<ArrayBuffer>): ReadTensor['values'] {
  switch (type) {
    case FLOAT:
      return new Float32Array(raw.buffer);
    case FLOAT16:
      return fromFloat16Array(new Uint16Array(raw.buffer));
    case INT8:
      return Int32Array.from(new Int8Array(raw.buffer));
    default:
      return Int32Array.from(new BigInt64Array(raw.buffer), Number);
  }
}

/** Of a field of whole numbers: one, or many in a row. None in our files needs more than 32 bits. */
function wholes(reader: Reader, wire: number): number[] {
  if (wire !== DELIMITED) return [reader.int32()];
  const row = inner(reader);
  const values: number[] = [];
  while (row.pos < row.len) values.push(row.int32());
  return values;
}

function damaged(detail: string): ProblemError {
  return new ProblemError(
    `The ONNX file cannot be read: ${detail}.`,
    'It is damaged or incomplete: write it again.',
  );
}
