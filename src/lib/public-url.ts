/**
 * Address of a file below public/, seen from wherever this code runs: the built scripts lie in assets/ beside the folders
 * of public/, while the development server serves public/ at its root.
 */
export function publicUrl(path: string): string {
  const folder = import.meta.env.DEV ? import.meta.env.BASE_URL : '../';
  return new URL(folder + path, import.meta.url).href;
}
