/** What is measured, and what crosses the door between the terminal, the page and its worker. */

/** Written for other libraries too: see plan.ts. */
export const PLANNED = ['mobilefacenet', 'small-cnn'] as const;
export type PlannedName = (typeof PLANNED)[number];
export const BACKBONES = [...PLANNED, 'mobilefacenet-x2', 'vgg8', 'iresnet-18', 'iresnet-50'] as const;
export type BackboneName = (typeof BACKBONES)[number];

/** Our own training step, on any backend that the program can start. */
export const OURS = ['simd', 'webgpu', 'webgl', 'wasm', 'cpu'] as const;
export type Ours = (typeof OURS)[number];

/** The same network and step written for others. */
export const PEERS = [
  'stock-webgpu',
  'stock-webgl',
  'stock-cpu',
  'stock-wasm',
  'jax-wasm',
  'jax-webgpu',
  'pytorch',
  'pytorch-tuned',
] as const;
export type Peer = (typeof PEERS)[number];

export type Contender = Ours | Peer;

/** The work: the same for every contender. */
export interface Work {
  readonly backbone: BackboneName;
  /** Edge of the pictures in pixels. */
  readonly size: number;
  readonly batch: number;
  /** Threads for contenders that can be told. */
  readonly threads: number;
  /** Inference only: pictures to embeddings. */
  readonly forward: boolean;
  /** Also where that takes minutes a step: see {@link slowBatch}. */
  readonly wholeBatch: boolean;
}

export interface Case extends Work {
  readonly contender: Contender;
  /** Milliseconds by kernel. */
  readonly kernels: boolean;
  /** Counts what is asked of the graphics device; `dry`: without letting it compute. */
  readonly count: 'live' | 'dry' | null;
}

/** What a contender says once it is ready. */
export interface Started {
  /** May be smaller than asked for: see {@link slowBatch}. */
  readonly batch: number;
  readonly threads: number;
  readonly userAgent: string;
  /** Graphics device, or how a processor is used; null where there is nothing to say. */
  readonly adapter: string | null;
}

export interface RoundResult {
  readonly stepMs: readonly number[];
  /** Of the last step; null for inference. */
  readonly loss: number | null;
}

export interface KernelTime {
  readonly name: string;
  /** Whose code: one of this program, or the published one (which for `simd` is plain JavaScript). */
  readonly ours: boolean;
  /** A step. */
  readonly ms: number;
  readonly calls: number;
}

export interface KernelReport {
  /** Self time, the largest first. */
  readonly kernels: readonly KernelTime[];
  /** Mean of the measured steps, in ms. */
  readonly stepMs: number;
  /** What a plain product of two 1024 x 1024 matrices reaches on this backend, in GFLOP/s. */
  readonly productGflops: number;
}

/** What one step asks of a graphics device. */
export interface DeviceCounts {
  readonly dispatches: number;
  readonly submits: number;
  /** Bytes of the storage that launches were given, added up over all of them. */
  readonly bytesBound: number;
  readonly bytesUploaded: number;
  /** Most bytes of buffers at any time since the start. */
  readonly peakBytes: number;
}

/** A failure comes back as a value: an exception would lose its sentence on the way to the terminal. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly why: string };

/** What the page puts on `window` for the terminal. */
export interface BenchDoor {
  start(spec: Case): Promise<Answer<Started>>;
  /** @param limitMs no further step is begun after this time */
  round(steps: number, limitMs: number): Promise<Answer<RoundResult>>;
  kernels(): Promise<Answer<KernelReport>>;
  counts(): Promise<Answer<DeviceCounts>>;
}

/** The calls that a worker answers; see src/protocol/envelope.ts. */
export interface BenchCalls {
  readonly start: { readonly args: Case; readonly result: Started };
  readonly round: {
    readonly args: { readonly steps: number; readonly limitMs: number };
    readonly result: RoundResult;
  };
  readonly kernels: { readonly args: null; readonly result: KernelReport };
  readonly counts: { readonly args: null; readonly result: DeviceCounts };
}

/** As in the ArcFace paper's smallest sets; random pictures have no people anyway. */
export const CLASSES = 100;
/** As `scratch` has it (src/config/presets.ts), with a rate at which no number overflows on random pictures. */
export const MOMENTUM = 0.9;
export const WEIGHT_DECAY = 5e-4;
export const RATE = 0.01;
export const MARGIN = 0.5;

/** What src/model/scale.ts chooses for so many people; a test compares the two. */
export const LOGIT_SCALE = 8;

export const EMBEDDING: Readonly<Record<BackboneName, number>> = {
  mobilefacenet: 128,
  'small-cnn': 64,
  'mobilefacenet-x2': 512,
  vgg8: 64,
  'iresnet-18': 512,
  'iresnet-50': 512,
};

/** A batch that a contender can finish which does less than one photo a second. */
export const SLOW_BATCH = 2;

/** The batch for a contender known to be slow: plain JavaScript, or a program that plays a graphics card. */
export const slowBatch = ({ backbone, batch, wholeBatch }: Work): number =>
  wholeBatch || backbone === 'small-cnn' || backbone === 'vgg8' ? batch : Math.min(batch, SLOW_BATCH);
