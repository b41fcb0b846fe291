/**
 * An ONNX graph as it is built here. Pictures are [B, C, H, W], kernels [out, in, y, x] (channels first, as ONNX wants them);
 * the sizes of a {@link Value} are TensorFlow's.
 */
export type OnnxAttribute =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'ints'; readonly value: readonly number[] };
type Attributes = Readonly<Record<string, OnnxAttribute>>;

export const int = (value: number): OnnxAttribute => ({ kind: 'int', value });
export const float = (value: number): OnnxAttribute => ({ kind: 'float', value });
export const text = (value: string): OnnxAttribute => ({ kind: 'text', value });
export const ints = (...value: readonly number[]): OnnxAttribute => ({ kind: 'ints', value });

export interface OnnxNode {
  readonly name: string;
  readonly op: string;
  /** Names of values or constants; '' for an optional one that is left out. */
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: Attributes;
}

/** 32-bit floats, bits of 16-bit floats, 8-bit whole numbers, or 64-bit ones such as the sizes of a Reshape. */
export interface OnnxConstant {
  readonly dims: readonly number[];
  readonly values:
    | Float32Array<ArrayBuffer>
    | Uint16Array<ArrayBuffer>
    | Int8Array<ArrayBuffer>
    | BigInt64Array<ArrayBuffer>;
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  /** By name. */
  readonly constants: ReadonlyMap<string, OnnxConstant>;
  /** [B, C, H, W], B free. */
  readonly input: { readonly name: string; readonly shape: readonly [number, number, number] };
  /** [B, D]. */
  readonly output: { readonly name: string; readonly size: number };
}

/**
 * What goes from layer to layer: the name of a value in the graph, and its sizes as TensorFlow has them, without the batch.
 * Three sizes [H, W, C] are a picture, which the graph holds as [B, C, H, W]; anything else it holds as it is.
 */
export interface Value {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Collects the nodes and constants of a graph, and gives each a name of its own. */
export class GraphBuilder {
  readonly nodes: OnnxNode[] = [];
  readonly constants = new Map<string, OnnxConstant>();
  readonly #names = new Set<string>();
  #scope = '';

  /** What the following names begin with. */
  enter(scope: string): void {
    this.#scope = scope;
  }

  /** @returns the name of the node's output, which is also that of the node */
  node(op: string, inputs: readonly string[], attributes: Attributes = {}, name: string = op): string {
    const output = this.#unique(name);
    this.nodes.push({ name: output, op, inputs, output, attributes });
    return output;
  }

  floats(name: string, values: Float32Array<ArrayBuffer>, dims: readonly number[]): string {
    return this.#constant(name, { values, dims });
  }

  /** Whole numbers in a row. */
  wholes(name: string, values: readonly number[]): string {
    return this.#constant(name, { values: BigInt64Array.from(values, BigInt), dims: [values.length] });
  }

  /** One number for all. */
  scalar(name: string, value: number): string {
    return this.floats(name, Float32Array.of(value), []);
  }

  #constant(name: string, constant: OnnxConstant): string {
    const unique = this.#unique(name);
    this.constants.set(unique, constant);
    return unique;
  }

  #unique(name: string): string {
    const wanted = `${this.#scope}${name}`;
    let unique = wanted;
    for (let i = 2; this.#names.has(unique); i++) unique = `${wanted}_${i}`;
    this.#names.add(unique);
    return unique;
  }
}
