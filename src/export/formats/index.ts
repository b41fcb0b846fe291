/** The formats of a download. One more: its file, and a line here. */
export { tfjs } from './tfjs.ts';
