/** The loss of every margin in catalogue.ts; in registry.ts the compiler checks that none is missing. */
export { loss as adaFace } from './adaface/loss.ts';
export { loss as arcFace } from './arcface/loss.ts';
export { loss as combined } from './combined/loss.ts';
export { loss as cosFace } from './cosface/loss.ts';
export { loss as curricularFace } from './curricularface/loss.ts';
export { loss as elasticArcFace } from './elastic-arcface/loss.ts';
export { loss as elasticCosFace } from './elastic-cosface/loss.ts';
export { loss as magFace } from './magface/loss.ts';
export { loss as none } from './none/loss.ts';
export { loss as softmax } from './softmax/loss.ts';
export { loss as sphereFace } from './sphereface/loss.ts';
export { loss as sphereFace2 } from './sphereface2/loss.ts';
export { loss as subCenter } from './sub-center/loss.ts';
