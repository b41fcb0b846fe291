/**
 * Reads files of the HDF5 File Format Specification, version 3.0, as far as models need it and without the HDF5 library:
 * superblock 0 (II.A), groups by B-tree version 1 with local heap and symbol table nodes (III.A, III.B, III.D), object headers
 * version 1 (IV.A.1.a), datatypes float32 and string (IV.A.2.d), contiguous layout (IV.A.2.i), attributes (IV.A.2.m) whose
 * texts may lie in a global heap (III.E).
 */
export interface Hdf5Object {
  readonly attributes: ReadonlyMap<string, string | readonly string[]>;
  /** Of a group, by name. */
  readonly members: ReadonlyMap<string, Hdf5Object>;
  /** Of a dataset. */
  readonly data: { readonly shape: readonly number[]; readonly values: Float32Array } | null;
}

const SIGNATURE = 0x0a1a0a0d46444889n;
const MESSAGE = { dataspace: 1, datatype: 3, layout: 8, attribute: 12, continuation: 16, symbolTable: 17 };
const roundedUp = (size: number): number => Math.ceil(size / 8) * 8;

export function readHdf5Layout(bytes: Uint8Array): Hdf5Object {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const u8 = (at: number): number => view.getUint8(at);
  const u16 = (at: number): number => view.getUint16(at, true);
  const u32 = (at: number): number => view.getUint32(at, true);
  const u64 = (at: number): number => Number(view.getBigUint64(at, true));
  const must = (condition: boolean, what: string): void => {
    if (!condition) throw new Error(`HDF5: ${what}`);
  };
  const ascii = (at: number, most: number): string => {
    const text = new TextDecoder('ascii').decode(bytes.subarray(at, at + most));
    const end = text.indexOf('\0');
    return end < 0 ? text : text.slice(0, end);
  };

  function* messages(header: number): Generator<{ type: number; at: number }> {
    must(u8(header) === 1, 'an object header of version 1');
    const blocks = [{ at: header + 16, size: u32(header + 8) }];
    let left = u16(header + 2);
    for (const block of blocks) {
      for (let at = block.at; at < block.at + block.size && left > 0; left--) {
        const [type, size] = [u16(at), u16(at + 2)];
        if (type === MESSAGE.continuation) blocks.push({ at: u64(at + 8), size: u64(at + 16) });
        else yield { type, at: at + 8 };
        at += 8 + size;
      }
    }
  }

  function shapeAt(at: number): number[] {
    must(u8(at) === 1, 'a dataspace of version 1');
    return Array.from({ length: u8(at + 1) }, (_, i) => u64(at + 8 + 8 * i));
  }

  function members(tree: number, heap: number): Map<string, Hdf5Object> {
    must(ascii(heap, 4) === 'HEAP', 'a local heap');
    const names = u64(heap + 24);
    const found = new Map<string, Hdf5Object>();
    const node = (at: number): void => {
      must(ascii(at, 4) === 'TREE' && u8(at + 4) === 0, 'a B-tree of a group');
      for (let i = 0; i < u16(at + 6); i++) {
        const child = u64(at + 32 + 16 * i);
        if (u8(at + 5) > 0) node(child);
        else leaf(child);
      }
    };
    const leaf = (at: number): void => {
      must(ascii(at, 4) === 'SNOD', 'a symbol table node');
      for (let i = 0; i < u16(at + 6); i++) {
        const entry = at + 8 + 40 * i;
        found.set(ascii(names + u64(entry), 1000), object(u64(entry + 8)));
      }
    };
    node(tree);
    return found;
  }

  function attribute(at: number): [string, string | string[]] {
    must(u8(at) === 1, 'an attribute of version 1');
    const [nameSize, typeSize, spaceSize] = [u16(at + 2), u16(at + 4), u16(at + 6)];
    const type = at + 8 + roundedUp(nameSize);
    const space = type + roundedUp(typeSize);
    const data = space + roundedUp(spaceSize);
    const shape = shapeAt(space);
    const count = shape.reduce((product, size) => product * size, 1);
    const kind = u8(type) % 16;
    const size = u32(type + 4);
    must(kind === 3 || kind === 9, 'a text as attribute');
    const values = Array.from({ length: count }, (_, i) =>
      kind === 3 ? ascii(data + size * i, size) : fromHeap(data + size * i),
    );
    return [ascii(at + 8, nameSize), shape.length === 0 ? (values[0] ?? '') : values];
  }

  /** A text of any length: its length, the address of a global heap, its number there. */
  function fromHeap(at: number): string {
    const [length, heap, wanted] = [u32(at), u64(at + 4), u32(at + 12)];
    must(ascii(heap, 4) === 'GCOL', 'a global heap');
    for (let entry = heap + 16; entry < heap + u64(heap + 8); ) {
      if (u16(entry) === wanted) return ascii(entry + 16, length);
      entry += 16 + roundedUp(u64(entry + 8));
    }
    throw new Error('HDF5: a text is missing in its heap');
  }

  function object(header: number): Hdf5Object {
    const attributes = new Map<string, string | readonly string[]>();
    let inside = new Map<string, Hdf5Object>();
    let shape: number[] | null = null;
    let values: Float32Array | null = null;
    for (const { type, at } of messages(header)) {
      if (type === MESSAGE.attribute) attributes.set(...attribute(at));
      if (type === MESSAGE.symbolTable) inside = members(u64(at), u64(at + 8));
      if (type === MESSAGE.dataspace) shape = shapeAt(at);
      if (type === MESSAGE.datatype) must(u8(at) === 0x11 && u32(at + 4) === 4, 'numbers of float32');
      if (type === MESSAGE.layout) {
        must(u8(at) === 3 && u8(at + 1) === 1, 'a contiguous layout');
        const start = u64(at + 2);
        values = new Float32Array(bytes.slice(start, start + u64(at + 10)).buffer);
      }
    }
    return { attributes, members: inside, data: shape && values ? { shape, values } : null };
  }

  must(view.getBigUint64(0, true) === SIGNATURE && u8(8) === 0, 'a superblock of version 0');
  must(u8(13) === 8 && u8(14) === 8, 'addresses of 8 bytes');
  return object(u64(56 + 8));
}

/** What lies at a path, e.g. `layers/dense/vars/0`. */
export function at(root: Hdf5Object, path: string): Hdf5Object {
  return path.split('/').reduce((object, name) => {
    const next = object.members.get(name);
    if (!next) throw new Error(`The file has no "${name}" of ${path}`);
    return next;
  }, root);
}
