/**
 * One compute shader and how it is launched. The WGSL has the entry point `main`; its bindings of group 0 are, in this
 * order: what is read (`var<storage, read>`), what is written (`var<storage, read_write>`), and last the uniform of
 * `params` where there is one.
 */
export interface Program {
  /** Names the code: the kernel and its variant. The same name means the same code. */
  readonly name: string;
  readonly code: string;
  /** Values of the shader's `override` constants: for variants; sizes belong in `params`, so that pipelines stay few. */
  readonly constants?: Readonly<Record<string, number>>;
  /** Workgroups in x, y and z, each at most 65,535: see {@link gridOf}. */
  readonly workgroups: readonly [number, number, number];
  /** The fields of the uniform struct: first the u32 ones, then the f32 ones. */
  readonly params?: { readonly u32?: readonly number[]; readonly f32?: readonly number[] };
}

/** Most workgroups in one dimension that every WebGPU device has. */
const MOST_GROUPS = 65_535;

/**
 * Workgroups [x, y, 1], at least n of them. In WGSL the number of a group is `wid.x + wid.y * count.x`, with
 * `workgroup_id` and `num_workgroups`; groups from n on do nothing.
 */
export function gridOf(n: number): [number, number, number] {
  const rows = Math.ceil(n / MOST_GROUPS);
  return [Math.ceil(n / rows), rows, 1];
}

/** The bytes of a uniform; their number is a multiple of 16, as uniforms need. */
export function paramBytes({ u32 = [], f32 = [] }: NonNullable<Program['params']>): ArrayBuffer {
  const count = u32.length + f32.length;
  const bytes = new ArrayBuffer(Math.max(16, Math.ceil(count / 4) * 16));
  new Uint32Array(bytes, 0, u32.length).set(u32);
  new Float32Array(bytes, u32.length * 4, f32.length).set(f32);
  return bytes;
}
