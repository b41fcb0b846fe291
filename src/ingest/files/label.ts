import { isPart } from './folder-names.ts';
import { type Folders, outerDepth, personFolder } from './person-level.ts';

/** Longest name of a person that a folder can give, in characters. */
export const LABEL_LIMIT = 120;

export interface Labelling {
  /** One label for each path, in the same order; null for photos outside any folder. */
  readonly labels: readonly (string | null)[];
  /** Sentences for the person about folders of one name that are kept separate. */
  readonly notes: readonly string[];
}

/**
 * A folder's name as plain text: NFC (macOS stores names decomposed, other systems composed), without control
 * and direction-changing characters, white space collapsed, at most {@link LABEL_LIMIT} characters. Null when
 * nothing is left.
 */
export function cleanLabel(name: string): string | null {
  const text = name
    .normalize('NFC')
    .replace(/[\p{Cc}\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
  const cut = [...text].slice(0, LABEL_LIMIT).join('').trim();
  return cut === '' ? null : cut;
}

/** The folders of a path, without those that say nothing. */
export const foldersOf = (path: string): Folders =>
  path
    .split('/')
    .slice(0, -1)
    .filter((part) => part !== '' && part !== '.');

/**
 * Labels photos by folder: the folder that directly holds a photo is the person, or the one at the given depth.
 *
 * A lone outer folder that only holds other folders (`people/Ada/1.jpg`, `people/Bob/2.jpg`) is looked through:
 * a photo that lies directly in it is outside any person's folder (null). Folders of one name at different
 * places are one person when their parents are the usual parts of a data set (`train/Ada`, `test/Ada`), and
 * otherwise two (`John (Smiths)`, `John (Browns)`): people that were separated wrongly can be merged on the page, merged
 * ones cannot be separated.
 *
 * @param paths with '/' between folders; only those of photos should be given.
 * @param depth how many leading folders make the person's, for each photo; photos with fewer keep what they have.
 */
export function labelPaths(
  paths: readonly string[],
  depth: (index: number) => number = () => Number.POSITIVE_INFINITY,
): Labelling {
  const folders = paths.map(foldersOf);
  const outer = outerDepth(folders);
  const byName = new Map<string, Map<string, readonly string[]>>();
  const keys = folders.map((all, index) => {
    const parts = personFolder(all, outer, depth(index));
    if (parts.length === 0) return null;
    const name = cleanLabel(parts[parts.length - 1] ?? '');
    if (name === null) return null;
    const key = parts.join('/').normalize('NFC');
    const places = byName.get(name) ?? new Map<string, readonly string[]>();
    byName.set(name, places);
    places.set(key, parts);
    return { name, key };
  });
  const notes: string[] = [];
  const renamed = new Map<string, string>();
  for (const [name, places] of byName) {
    if (places.size < 2 || sameBySplit([...places.values()])) continue;
    for (const [key, label] of tellApart(name, places)) renamed.set(key, label);
    const labels = [...places.keys()].map((key) => `“${renamed.get(key) ?? name}”`);
    notes.push(
      `${places.size} folders are called “${name}”. They are kept apart as ${listed(labels)}; merge them if they are one person.`,
    );
  }
  return { labels: keys.map((key) => (key === null ? null : (renamed.get(key.key) ?? key.name))), notes };
}

/** True when the folders' paths differ in nothing but folders that name parts of a data set. */
function sameBySplit(places: readonly (readonly string[])[]): boolean {
  const stripped = places.map((parts) =>
    parts.filter((part, index) => index === parts.length - 1 || !isPart(part)).join('/'),
  );
  return stripped.every((path) => path === stripped[0]);
}

/** Adds the fewest parent folders that make each label unique. */
function tellApart(name: string, places: ReadonlyMap<string, readonly string[]>): Map<string, string> {
  const longest = Math.max(...[...places.values()].map((parts) => parts.length));
  const result = new Map<string, string>();
  for (let up = 1; up < longest; up++) {
    result.clear();
    for (const [key, parts] of places) {
      const parents = parts.slice(Math.max(0, parts.length - 1 - up), -1).join('/');
      result.set(key, cleanLabel(parents === '' ? name : `${name} (${parents})`) ?? name);
    }
    if (new Set(result.values()).size === places.size) return result;
  }
  // Only names cut at the limit come here: a number makes them unique.
  let number = 1;
  for (const key of places.keys()) result.set(key, `${name.slice(0, LABEL_LIMIT - 8)} (${number++})`);
  return result;
}

function listed(items: readonly string[]): string {
  const shown = items.slice(0, 4);
  if (items.length > 4) return `${shown.join(', ')} and ${items.length - 4} more`;
  return shown.length < 2
    ? shown.join('')
    : `${shown.slice(0, -1).join(', ')} and ${shown[shown.length - 1]}`;
}
