import { readBytes } from './read-bytes.ts';

/** What the compiled kernels export; see assembly/index.ts. */
export interface Kernels {
  readonly run: () => void;
  readonly changed: (address: number, value: number, times: number) => boolean;
  readonly settled: (address: number, times: number) => boolean;
}

export interface Compiled {
  readonly module: WebAssembly.Module;
  /** Fused multiply-add: faster, and rounded once instead of twice. */
  readonly relaxed: boolean;
}

// Each in this exact form, by which bundlers find the files.
const URLS = {
  relaxed: {
    shared: new URL('../wasm/relaxed-shared.wasm', import.meta.url),
    plain: new URL('../wasm/relaxed-plain.wasm', import.meta.url),
  },
  fixed: {
    shared: new URL('../wasm/fixed-shared.wasm', import.meta.url),
    plain: new URL('../wasm/fixed-plain.wasm', import.meta.url),
  },
} as const;

/**
 * Loads the kernels, with relaxed SIMD where it can be compiled.
 *
 * @throws Error where there is no SIMD at all, or the file cannot be fetched
 */
export async function compileKernels(shared: boolean, mayRelax: boolean): Promise<Compiled> {
  const memory = shared ? 'shared' : 'plain';
  if (mayRelax) {
    const module = await compile(URLS.relaxed[memory]).catch((thrown: unknown) => {
      if (thrown instanceof WebAssembly.CompileError) return null;
      throw thrown;
    });
    if (module) return { module, relaxed: true };
  }
  return { module: await compile(URLS.fixed[memory]), relaxed: false };
}

// Not compileStreaming: some static hosts serve .wasm under a media type that it refuses.
const compile = async (url: URL): Promise<WebAssembly.Module> => WebAssembly.compile(await readBytes(url));

/** The kernels over a memory. */
export async function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Promise<Kernels> {
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  const { run, changed, settled } = exports;
  if (!isFunction(run) || !isFunction(changed) || !isFunction(settled)) {
    throw new Error('the kernels are not the ones that this program was built with');
  }
  return {
    run: () => void run(),
    changed: (address, value, times) => changed(address, value, times) !== 0,
    settled: (address, times) => settled(address, times) !== 0,
  };
}

// WebAssembly types its exports as functions of anything.
const isFunction = (value: WebAssembly.ExportValue | undefined): value is (...args: number[]) => number =>
  typeof value === 'function';
