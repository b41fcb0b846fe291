import fixedPlain from '../wasm/fixed-plain.wasm?url';
import fixedShared from '../wasm/fixed-shared.wasm?url';
import relaxedPlain from '../wasm/relaxed-plain.wasm?url';
import relaxedShared from '../wasm/relaxed-shared.wasm?url';

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

const URLS = {
  relaxed: { shared: relaxedShared, plain: relaxedPlain },
  fixed: { shared: fixedShared, plain: fixedPlain },
} as const;

/**
 * Loads the kernels, with relaxed SIMD where the browser can compile them.
 *
 * @throws Error where the browser has no SIMD at all, or the file cannot be fetched
 */
export async function compileKernels(shared: boolean, mayRelax: boolean): Promise<Compiled> {
  const memory = shared ? 'shared' : 'plain';
  if (mayRelax) {
    const module = await fetchModule(URLS.relaxed[memory]).catch((thrown: unknown) => {
      if (thrown instanceof WebAssembly.CompileError) return null;
      throw thrown;
    });
    if (module) return { module, relaxed: true };
  }
  return { module: await fetchModule(URLS.fixed[memory]), relaxed: false };
}

async function fetchModule(url: string): Promise<WebAssembly.Module> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the kernels could not be loaded (${response.status})`);
  // Not compileStreaming: some static hosts serve .wasm under a media type that it refuses.
  return WebAssembly.compile(await response.arrayBuffer());
}

/** The kernels over a memory. */
export async function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Promise<Kernels> {
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  const { run, changed, settled } = exports;
  if (!isFunction(run) || !isFunction(changed) || !isFunction(settled)) {
    throw new Error('the kernels are not the ones that this page was built with');
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
