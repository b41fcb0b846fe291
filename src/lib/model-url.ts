/**
 * Address of a file below public/models, seen from wherever this code runs: the built workers lie in assets/
 * beside models/, while the development server serves public/ at its root.
 */
export function modelUrl(path: string): string {
  const folder = import.meta.env.DEV ? `${import.meta.env.BASE_URL}models/` : '../models/';
  return new URL(folder + path, import.meta.url).href;
}
