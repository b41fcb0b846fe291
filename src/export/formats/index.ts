/** The formats of a download. One more: its file, and a line here. */

export { onnx } from './onnx.ts';
export { onnxRaw } from './onnx-raw.ts';
export { tfjs } from './tfjs.ts';
