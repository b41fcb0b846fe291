/** How every backbone of catalogue.ts is made; in registry.ts the compiler checks that none is missing. */
export { build as iresNet18 } from './iresnet-18/build.ts';
export { build as iresNet50 } from './iresnet-50/build.ts';
export { build as mobileFaceNet } from './mobilefacenet/build.ts';
export { build as pretrainedDlib } from './pretrained-dlib/build.ts';
export { build as pretrainedMobileFaceNet } from './pretrained-mobilefacenet/build.ts';
export { build as smallCnn } from './small-cnn/build.ts';
export { build as vgg8 } from './vgg8/build.ts';
