import { type BackboneName, CLASSES, EMBEDDING, PLANNED, type PlannedName } from './case.ts';

/** A convolution without bias, batch-norm behind it, PReLU behind that where `active`. */
export interface Convolution {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: 'same' | 'valid';
  /** One filter a channel. */
  readonly depthwise: boolean;
  readonly active: boolean;
  readonly channelsIn: number;
  readonly channelsOut: number;
  /** Edge of the output in pixels. */
  readonly edge: number;
}

export interface Block {
  readonly convolutions: readonly Convolution[];
  /** The input is added to the output. */
  readonly residual: boolean;
}

/** A backbone as data, for networks written in other libraries: blocks, flatten, dense without bias, batch-norm. */
export interface Plan {
  readonly blocks: readonly Block[];
  readonly features: number;
  readonly embedding: number;
}

/** arXiv 1804.07573, table 1: expansion, channels, repeats, first stride; as src/model/backbones/mobilefacenet.ts. */
const BOTTLENECKS = [
  [2, 64, 5, 2],
  [4, 128, 1, 2],
  [2, 128, 6, 1],
  [4, 128, 1, 2],
  [2, 128, 2, 1],
] as const;

/** The backbone's name among those that are plans; null for the others. */
export const plannedName = (backbone: BackboneName): PlannedName | null =>
  PLANNED.find((name) => name === backbone) ?? null;

/**
 * The network of src/model/backbones, layer by layer; a test compares the two.
 *
 * @throws Error for one that is written in no other library; parseCommand asks for none
 */
export function planBackbone(backbone: BackboneName, size: number): Plan {
  const name = plannedName(backbone);
  if (name === null) throw new Error(`Internal error: ${backbone} is no plan`);
  const blocks: Block[] = [];
  let channels = 3;
  let edge = size;
  const convolution = (options: Partial<Convolution>): Convolution => {
    const whole = {
      kernel: 3,
      stride: 1,
      padding: 'same',
      depthwise: false,
      active: true,
      ...options,
    } as const;
    edge = whole.padding === 'same' ? Math.ceil(edge / whole.stride) : edge - whole.kernel + 1;
    const channelsOut = whole.channelsOut ?? channels;
    const result = { ...whole, channelsIn: channels, channelsOut, edge };
    channels = channelsOut;
    return result;
  };
  const alone = (options: Partial<Convolution>): void => {
    blocks.push({ convolutions: [convolution(options)], residual: false });
  };

  if (name === 'small-cnn') {
    const widths = [16, 32, 64];
    while (edge > 7) alone({ stride: 2, channelsOut: widths[blocks.length] ?? 64 });
  } else {
    alone({ stride: 2, channelsOut: 64 });
    alone({ depthwise: true });
    for (const [expansion, out, repeats, first] of BOTTLENECKS) {
      for (let i = 0; i < repeats; i++) {
        const stride = i === 0 ? first : 1;
        const residual = stride === 1 && channels === out;
        const expand = convolution({ kernel: 1, channelsOut: channels * expansion });
        const depthwise = convolution({ stride, depthwise: true });
        const project = convolution({ kernel: 1, channelsOut: out, active: false });
        blocks.push({ convolutions: [expand, depthwise, project], residual });
      }
    }
    alone({ kernel: 1, channelsOut: 512 });
    alone({ kernel: edge, padding: 'valid', depthwise: true, active: false });
  }
  return { blocks, features: edge * edge * channels, embedding: EMBEDDING[name] };
}

/**
 * Floating-point operations for one photo in convolutions, the dense layer and the head, a multiplication and an
 * addition counted as two. Training is the forward pass and two gradients of each, but no gradient of the photo.
 */
export function countFlops(plan: Plan, forward: boolean): number {
  const layers = plan.blocks.flatMap(({ convolutions }) =>
    convolutions.map(
      (c) => 2 * c.edge ** 2 * c.kernel ** 2 * (c.depthwise ? 1 : c.channelsIn) * c.channelsOut,
    ),
  );
  const dense = 2 * plan.features * plan.embedding;
  const once = layers.reduce((sum, flops) => sum + flops, dense);
  if (forward) return once;
  return 3 * (once + 2 * plan.embedding * CLASSES) - (layers[0] ?? 0);
}
