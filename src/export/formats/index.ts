/** The formats of a download. One more: its file, and a line here. */

export { h5 } from './h5.ts';
export { keras } from './keras.ts';
export { tfjs } from './tfjs.ts';
