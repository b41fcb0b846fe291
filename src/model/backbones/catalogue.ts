/** The backbones there are. One more: its folder, a line here and a line in builds.ts. */
export { meta as custom } from './custom/meta.ts';
export { meta as iresNet18 } from './iresnet-18/meta.ts';
export { meta as iresNet50 } from './iresnet-50/meta.ts';
export { meta as mobileFaceNet } from './mobilefacenet/meta.ts';
export { meta as pretrainedDlib } from './pretrained-dlib/meta.ts';
export { meta as pretrainedMobileFaceNet } from './pretrained-mobilefacenet/meta.ts';
export { meta as smallCnn } from './small-cnn/meta.ts';
export { meta as vgg8 } from './vgg8/meta.ts';
