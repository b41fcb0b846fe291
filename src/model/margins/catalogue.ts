/** The margins there are. One more: its folder, a line here and a line in losses.ts. */
export { meta as adaFace } from './adaface/meta.ts';
export { meta as arcFace } from './arcface/meta.ts';
export { meta as combined } from './combined/meta.ts';
export { meta as cosFace } from './cosface/meta.ts';
export { meta as curricularFace } from './curricularface/meta.ts';
export { meta as elasticArcFace } from './elastic-arcface/meta.ts';
export { meta as elasticCosFace } from './elastic-cosface/meta.ts';
export { meta as magFace } from './magface/meta.ts';
export { meta as none } from './none/meta.ts';
export { meta as softmax } from './softmax/meta.ts';
export { meta as sphereFace } from './sphereface/meta.ts';
export { meta as sphereFace2 } from './sphereface2/meta.ts';
export { meta as subCenter } from './sub-center/meta.ts';
