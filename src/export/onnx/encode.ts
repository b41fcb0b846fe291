import { Writer } from 'protobufjs/minimal.js';
import { unreachable } from '../../lib/unreachable.ts';
import type { OnnxAttribute, OnnxConstant, OnnxGraph, OnnxNode } from './graph.ts';

/** Of the file format, and of the operators: what ONNX 1.12 (2022) and everything since reads. */
const IR_VERSION = 8;
const OPSET = 17;

/** Element types of TensorProto. */
const FLOAT = 1;
const INT8 = 3;
const INT64 = 7;
const FLOAT16 = 10;
/** Types of AttributeProto. */
const ATTRIBUTE_TYPES = { float: 1, int: 2, text: 3, ints: 7 } as const;

const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;
/** What stands in front of a field: its number and how it is written (protobuf.dev/programming-guides/encoding). */
const tag = (field: number, wire: number): number => (field << 3) | wire;

/**
 * An ONNX ModelProto, IR version 8, operator set 17, as onnx.proto has it (github.com/onnx/onnx). Written field by field: the
 * library's other writers make code at run time, which a content security policy forbids.
 */
export function encodeModel(
  graph: OnnxGraph,
  program: { readonly name: string; readonly version: string },
): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  writer.uint32(tag(1, VARINT)).int32(IR_VERSION);
  writer.uint32(tag(2, BYTES)).string(program.name);
  writer.uint32(tag(3, BYTES)).string(program.version);
  message(writer, 7, () => writeGraph(writer, graph));
  message(writer, 8, () => {
    writer.uint32(tag(1, BYTES)).string('');
    writer.uint32(tag(2, VARINT)).int32(OPSET);
  });
  return new Uint8Array(writer.finish());
}

function writeGraph(writer: Writer, { nodes, constants, input, output }: OnnxGraph): void {
  for (const node of nodes) message(writer, 1, () => writeNode(writer, node));
  writer.uint32(tag(2, BYTES)).string('face');
  for (const [name, constant] of constants) message(writer, 5, () => writeConstant(writer, name, constant));
  message(writer, 11, () => writeValue(writer, input.name, ['batch', ...input.shape]));
  message(writer, 12, () => writeValue(writer, output.name, ['batch', output.size]));
}

function writeNode(writer: Writer, { name, op, inputs, output, attributes }: OnnxNode): void {
  for (const input of inputs) writer.uint32(tag(1, BYTES)).string(input);
  writer.uint32(tag(2, BYTES)).string(output);
  writer.uint32(tag(3, BYTES)).string(name);
  writer.uint32(tag(4, BYTES)).string(op);
  for (const [key, attribute] of Object.entries(attributes)) {
    message(writer, 5, () => writeAttribute(writer, key, attribute));
  }
}

function writeAttribute(writer: Writer, name: string, attribute: OnnxAttribute): void {
  writer.uint32(tag(1, BYTES)).string(name);
  switch (attribute.kind) {
    case 'float':
      writer.uint32(tag(2, FIXED32)).float(attribute.value);
      break;
    case 'int':
      writer.uint32(tag(3, VARINT)).int32(attribute.value);
      break;
    case 'text':
      writer.uint32(tag(4, BYTES)).string(attribute.value);
      break;
    case 'ints':
      for (const value of attribute.value) writer.uint32(tag(8, VARINT)).int32(value);
      break;
    default:
      unreachable(attribute);
  }
  writer.uint32(tag(20, VARINT)).int32(ATTRIBUTE_TYPES[attribute.kind]);
}

function writeConstant(writer: Writer, name: string, { dims, values }: OnnxConstant): void {
  for (const size of dims) writer.uint32(tag(1, VARINT)).int32(size);
  writer.uint32(tag(2, VARINT)).int32(typeOf(values));
  writer.uint32(tag(8, BYTES)).string(name);
  // Little-endian, as every browser's typed arrays are today.
  writer.uint32(tag(9, BYTES)).bytes(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

function typeOf(values: OnnxConstant['values']): number {
  if (values instanceof Float32Array) return FLOAT;
  if (values instanceof Uint16Array) return FLOAT16;
  return values instanceof Int8Array ? INT8 : INT64;
}

function writeValue(writer: Writer, name: string, sizes: readonly (string | number)[]): void {
  writer.uint32(tag(1, BYTES)).string(name);
  message(writer, 2, () =>
    message(writer, 1, () => {
      writer.uint32(tag(1, VARINT)).int32(FLOAT);
      message(writer, 2, () => {
        for (const size of sizes) {
          message(writer, 1, () => {
            if (typeof size === 'number') writer.uint32(tag(1, VARINT)).int32(size);
            else writer.uint32(tag(2, BYTES)).string(size);
          });
        }
      });
    }),
  );
}

/** A message inside of one, with its length in front. */
function message(writer: Writer, field: number, write: () => void): void {
  writer.uint32(tag(field, BYTES)).fork();
  write();
  writer.ldelim();
}
