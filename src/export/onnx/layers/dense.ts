import { z } from 'zod';
import { int, ints } from '../graph.ts';
import { permute } from '../permute.ts';
import { activated } from './activations.ts';
import { biasOf } from './convolutions.ts';
import { inputOf, isPicture, type LayerWriter, settingsOf, weightOf } from './layer-use.ts';

/** Over the last axis: of vectors a Gemm, of pictures a convolution of 1 x 1, of anything else a MatMul. */
export const writeDense: LayerWriter = (use, graph) => {
  const { activation } = settingsOf(use, z.object({ activation: z.string() }));
  const input = inputOf(use);
  const { values, dims } = weightOf(use, 'kernel'); // [in, out]
  const bias = biasOf(use, graph);
  const biases = bias === null ? [] : [bias];
  const write = (): string => {
    if (!isPicture(input) && input.shape.length !== 1) {
      const product = graph.node('MatMul', [input.name, graph.floats('kernel', values.slice(), dims)]);
      return bias === null ? product : graph.node('Add', [product, bias]);
    }
    const rows = permute(values, dims, [1, 0]); // [out, in]
    if (!isPicture(input)) {
      const kernel = graph.floats('kernel', rows.values, rows.dims);
      return graph.node('Gemm', [input.name, kernel, ...biases], { transB: int(1) });
    }
    const kernel = graph.floats('kernel', rows.values, [...rows.dims, 1, 1]);
    return graph.node('Conv', [input.name, kernel, ...biases], { kernel_shape: ints(1, 1) });
  };
  return activated(use, activation, { name: write(), shape: use.outputShape }, graph);
};
