import { areVideoIds, isGroup, isNumber, isNumbered, isPart } from './folder-names.ts';

/** The folders of one photo, outermost first. */
export type Folders = readonly string[];

/** How many numbered folders one named person may have before they count as people themselves. */
const MANY_PARTS = 10;

interface Folder {
  readonly name: string;
  /** Photos directly in it. */
  photos: number;
  readonly inside: Map<string, Folder>;
}

/** What the folders of one level are: parts of a person's photos, people, or possibly either. */
type Verdict = 'parts' | 'people' | 'unclear';

/**
 * Depths at which folders may name the person, the most likely first: the person's folder is the first `depth` folders of a
 * photo, or all of them where there are fewer. One depth where the tree leaves no doubt.
 *
 * The innermost folder names the person, unless the shape of the tree says that the folders of the deepest level divide
 * a person's photos: their names are usual ones for that (`frontal`, `test`), numbers below names (`Ada/1`), video ids,
 * or the same few below many folders. Then the level above is looked at in the same way. Depth 0: no folder names anybody.
 */
export function personDepths(photos: readonly Folders[]): readonly number[] {
  const deepest = photos.reduce((most, parts) => Math.max(most, parts.length), 0);
  const outer = outerDepth(photos);
  const levels = foldersByLevel(photos, deepest);
  let depth = deepest;
  let verdict: Verdict = 'parts';
  while (depth > outer) {
    verdict = judge(levels[depth - 1] ?? [], depth - 1 === outer);
    if (verdict !== 'parts') break;
    depth--;
  }
  if (depth === deepest && verdict !== 'unclear') return [depth];
  const others = Array.from({ length: deepest - outer }, (_, i) => deepest - i);
  return [depth, ...others.filter((other) => other !== depth)];
}

/** The folder that names the person: empty where none does. */
export function personFolder(parts: Folders, outer: number, depth: number): Folders {
  // Photos above the people's folders belong to nobody.
  return parts.length <= Math.min(outer, depth - 1) ? [] : parts.slice(0, depth);
}

/** How many leading folders all photos share while other folders with photos lie below them. */
export function outerDepth(photos: readonly Folders[]): number {
  const inside = photos.filter((parts) => parts.length > 0);
  // Photos loose beside the one folder: nothing encloses everything, so nothing is looked through.
  if (inside.length < photos.length) return 0;
  let depth = 0;
  for (;;) {
    const name = inside[0]?.[depth];
    const shared = name !== undefined && inside.every((parts) => (parts[depth] ?? name) === name);
    const enclosing = inside.some((parts) => parts.length > depth + 1);
    // A photo that ends above this depth stops the chain: its folder is already the outermost with photos.
    const loose = inside.some((parts) => parts.length <= depth);
    if (!shared || !enclosing || loose) return depth;
    depth++;
  }
}

/** All folders by their depth; level 0 holds only what everything lies in. */
function foldersByLevel(photos: readonly Folders[], deepest: number): readonly (readonly Folder[])[] {
  const root: Folder = { name: '', photos: 0, inside: new Map() };
  const levels: Folder[][] = [[root], ...Array.from({ length: deepest }, () => [])];
  for (const parts of photos) {
    let folder = root;
    for (const [index, name] of parts.entries()) {
      let next = folder.inside.get(name);
      if (!next) {
        next = { name, photos: 0, inside: new Map() };
        folder.inside.set(name, next);
        levels[index + 1]?.push(next);
      }
      folder = next;
    }
    folder.photos++;
  }
  return levels;
}

/** @param level folders of one level; judged are the folders in them. */
function judge(level: readonly Folder[], outermost: boolean): Verdict {
  const parents = level.filter(({ inside }) => inside.size > 0);
  const names = parents.flatMap(({ inside }) => [...inside.keys()]);
  if (outermost) {
    // One folder with several: plain people, unless all have a telling name (`Ada/train`, `Ada/test`).
    return names.length > 1 && names.every((name) => isPart(name) && !isNumbered(name)) ? 'parts' : 'people';
  }
  if (names.every(isPart)) return 'parts';
  if (parents.every(({ name }) => isPart(name))) return 'people'; // `train/Ada`
  if (photosAreAbove(parents)) return 'parts';
  const mean = names.length / parents.length;
  const repeated = repeatedShare(parents);
  const groups = parents.filter(({ name }) => isGroup(name)).length * 2 > parents.length;
  if (names.every(isNumbered)) {
    if (groups) return 'unclear';
    if (parents.every(({ name }) => isNumber(name))) {
      if (repeated < 0.5) return 'people'; // `00/0000045`: people in folders of a hundred
      return mean <= parents.length ? 'parts' : 'unclear';
    }
    return mean <= Math.max(parents.length, MANY_PARTS) ? 'parts' : 'unclear';
  }
  if (parents.length > 1 && areVideoIds(names)) return 'parts';
  return !groups && sameFewNames(parents, names, repeated) ? 'parts' : 'people';
}

/** Folders that hold as many photos themselves as one of the folders in them are people already: `Ada/1.jpg`, `Ada/more/2.jpg`. */
function photosAreAbove(parents: readonly Folder[]): boolean {
  const above = parents.filter(({ photos, inside }) => {
    let below = 0;
    for (const folder of inside.values()) below += folder.photos;
    return photos > 0 && photos * inside.size >= below;
  });
  return above.length * 2 > parents.length;
}

/** Share of the folders in these whose name is also in another one. */
function repeatedShare(parents: readonly Folder[]): number {
  const times = timesOf(parents);
  let repeated = 0;
  let all = 0;
  for (const count of times.values()) {
    all += count;
    if (count > 1) repeated += count;
  }
  return all === 0 ? 0 : repeated / all;
}

function timesOf(parents: readonly Folder[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const { inside } of parents) {
    for (const name of inside.keys()) {
      const key = name.toLowerCase();
      times.set(key, (times.get(key) ?? 0) + 1);
    }
  }
  return times;
}

/** Names that are not known, but so few below so many folders that they cannot be people's. */
function sameFewNames(parents: readonly Folder[], names: readonly string[], repeated: number): boolean {
  const distinct = timesOf(parents).size;
  // Two Johns in two families are two people; two folders with the same two names in each are no accident.
  if (parents.length === 2) return distinct > 1 && distinct * 2 === names.length;
  return parents.length > 2 && repeated >= 0.8 && distinct * 2 <= names.length && distinct <= parents.length;
}
