import { loadSplit, type SplitBackbone } from './pretrained-mobilefacenet.ts';

/**
 * Loads dlib's face recognition network (Davis King; see public/models/dlib-resnet) and cuts it in front of its
 * embedding layer: 150x150x3 RGB, (x - 127.5) / 128 -> 256 features -> 128; a ResNet with ReLU, 5,607,616 parameters.
 *
 * It has seen faces cut out by dlib's own alignment, not by the 112x112 template.
 *
 * @throws ProblemError when the file cannot be fetched or is not the network that it should be
 */
export const loadPretrainedDlib = (): Promise<SplitBackbone> => loadSplit('dlib-resnet/model.json');
