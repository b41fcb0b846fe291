import type { Program } from './program.ts';

/** A pipeline that is there, or is being compiled. */
export interface Pipeline {
  readonly layout: GPUBindGroupLayout;
  readonly ready: GPUComputePipeline | Promise<GPUComputePipeline>;
}

interface Bindings {
  readonly reads: number;
  readonly writes: number;
  readonly uniform: boolean;
}

/** The compiled kernels of a device, each compiled once. */
export class Pipelines {
  private readonly device: GPUDevice;
  private readonly modules = new Map<string, GPUShaderModule>();
  private readonly layouts = new Map<string, GPUBindGroupLayout>();
  private readonly compiled = new Map<string, Pipeline>();

  constructor(device: GPUDevice) {
    this.device = device;
  }

  /** @param wait true for a pipeline that is ready; false lets the browser compile it in the background */
  get(program: Program, bindings: Bindings, wait: boolean): Pipeline {
    const key = `${program.name} ${JSON.stringify(program.constants ?? {})}`;
    const known = this.compiled.get(key);
    if (known && !(wait && known.ready instanceof Promise)) return known;
    const layout = this.layoutOf(bindings);
    const descriptor: GPUComputePipelineDescriptor = {
      label: program.name,
      layout: this.device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: {
        module: this.moduleOf(program),
        entryPoint: 'main',
        ...(program.constants && { constants: { ...program.constants } }),
      },
    };
    const made: Pipeline = {
      layout,
      ready: wait
        ? this.device.createComputePipeline(descriptor)
        : this.device.createComputePipelineAsync(descriptor),
    };
    this.compiled.set(key, made);
    if (made.ready instanceof Promise) {
      void made.ready.then(
        (ready) => this.compiled.set(key, { layout, ready }),
        () => this.compiled.delete(key), // whoever waits for it is told
      );
    }
    return made;
  }

  private moduleOf({ name, code }: Program): GPUShaderModule {
    const known = this.modules.get(name);
    if (known) return known;
    const made = this.device.createShaderModule({ label: name, code });
    this.modules.set(name, made);
    return made;
  }

  /** Stated and not derived from the code, so that a variant of a shader may leave a binding unused. */
  private layoutOf({ reads, writes, uniform }: Bindings): GPUBindGroupLayout {
    const key = `${reads} ${writes} ${uniform}`;
    const known = this.layouts.get(key);
    if (known) return known;
    const types: GPUBufferBindingType[] = [
      ...Array<GPUBufferBindingType>(reads).fill('read-only-storage'),
      ...Array<GPUBufferBindingType>(writes).fill('storage'),
      ...(uniform ? (['uniform'] as const) : []),
    ];
    const entries = types.map((type, binding) => ({
      binding,
      visibility: GPUShaderStage.COMPUTE,
      buffer: { type },
    }));
    const made = this.device.createBindGroupLayout({ entries });
    this.layouts.set(key, made);
    return made;
  }
}
