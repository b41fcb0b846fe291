/** The formats of a download. One more: its file, and a line here. */

export { h5 } from './h5.ts';
export { keras } from './keras.ts';
export { onnx } from './onnx.ts';
export { onnxRaw } from './onnx-raw.ts';
export { page } from './page.ts';
export { safetensors } from './safetensors.ts';
export { tfjs, tfjsWithHead } from './tfjs.ts';
export { torch } from './torch.ts';
