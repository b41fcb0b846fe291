import { onnxFormat } from '../onnx/format.ts';

/** For programs that hand over bytes: the first nodes scale them. */
export const onnx = onnxFormat({
  id: 'onnx',
  label: 'ONNX (insightface, OpenCV)',
  takes: 'bytes 0 to 255',
  extension: '.onnx.zip',
  taken: 'bytes',
});
