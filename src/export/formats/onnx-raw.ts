import { onnxFormat } from '../onnx/format.ts';

/** For programs that scale bytes themselves, to (byte - 127.5) / 127.5. */
export const onnxRaw = onnxFormat({
  id: 'onnx-raw',
  label: 'ONNX (Immich, Frigate)',
  takes: '(byte - 127.5) / 127.5',
  extension: '.onnx-raw.zip',
  taken: 'symmetric',
});
