import type { LabelChoice, LabelSource } from '../../domain/labels.ts';
import { ProblemError } from '../../lib/problem.ts';
import { cleanLabel, foldersOf, type Labelling, labelPaths } from './label.ts';
import type { NameList } from './name-list.ts';
import { namesOfFiles } from './name-pattern.ts';
import { personDepths } from './person-level.ts';

/** Ways to name people that are offered at most. */
const MOST_CHOICES = 6;
/** Names shown of each. */
const EXAMPLES = 4;

export interface Photo {
  /** Path that people are named by, with '/' between folders. */
  readonly path: string;
  /** Leading folders of it that are what was dropped: 1 below a dropped folder, 0 in a .zip. */
  readonly roots: number;
}

/** One way to name the people, with the label of each photo. */
export interface Labels extends Labelling {
  readonly choice: LabelChoice;
}

/**
 * The ways in which photos can be assigned to people, the recommended one first; only one where there is no doubt.
 *
 * A list comes first that says to hold people, or where folders do not tell any apart; then names in the file names, where
 * folders do not; then folders.
 *
 * @param level the folder that many levels below what was dropped names the person; null finds out
 * @throws ProblemError when no folder lies so deep
 */
export function labelChoices(
  photos: readonly Photo[],
  lists: readonly { readonly path: string; readonly read: NameList }[],
  level: number | null,
): readonly Labels[] {
  const paths = photos.map(({ path }) => path);
  const folders = paths.map(foldersOf);
  const byFolder = (depth: (index: number) => number): Labels => {
    const labelling = labelPaths(paths, depth);
    const named = labelling.labels.findIndex((label) => label !== null);
    const at = Math.max(0, named);
    const parts = folders[at]?.slice(0, depth(at)) ?? [];
    return asChoice(labelling, {
      kind: 'folder',
      example: paths[at] ?? '',
      folder: named < 0 ? null : (parts[parts.length - 1] ?? null),
      level: parts.length - (photos[at]?.roots ?? 0),
    });
  };
  if (level !== null) {
    const deepest = folders.reduce(
      (most, parts, i) => Math.max(most, parts.length - (photos[i]?.roots ?? 0)),
      0,
    );
    if (photos.length > 0 && level > deepest) {
      throw new ProblemError(
        `No folder lies ${level} levels deep: the deepest with photos is at level ${deepest}.`,
        'Level 1 are the folders directly in the given folder or .zip.',
      );
    }
    return [byFolder((index) => level + (photos[index]?.roots ?? 0))];
  }
  const nested = personDepths(folders).map((depth) => byFolder(() => depth));
  const first = nested[0];
  if (!first) return [];
  const flat = first.choice.identities < 2;
  // A list that says the same as the folders adds nothing.
  const listed = lists
    .flatMap(({ path, read }) => fromList(path, read, flat))
    .filter(({ labels }) => !divideAlike(labels, first.labels));
  const inNames = flat && listed.length === 0 ? fromFileNames(paths) : [];
  return withoutEqual([...listed, ...inNames, ...nested]).slice(0, MOST_CHOICES);
}

function fromList(path: string, list: NameList, flat: boolean): readonly Labels[] {
  if (!flat && !list.saysPeople) return [];
  const labels = list.names.map((name) => (name === null ? null : cleanLabel(name)));
  const named = labels.filter((label) => label !== null).length;
  // It belongs to these photos when it names most of them, or most of what it names is here.
  if (named * 2 < labels.length && named * 2 < named + list.absent + list.unread) return [];
  const labelled = asChoice(
    { labels, notes: notesOf(path, list, labels.length - named) },
    { kind: 'list', list: path },
  );
  return labelled.choice.identities < 2 ? [] : [labelled];
}

function notesOf(
  path: string,
  { unread, firstUnread, absent }: NameList,
  missing: number,
): readonly string[] {
  const facts = [
    missing > 0 &&
      `${count(missing, 'photo that it does not name was', 'photos that it does not name were')} skipped`,
    absent > 0 && `${count(absent, 'file that it names is', 'files that it names are')} not here`,
    unread > 0 && `${count(unread, 'line', 'lines')} could not be used, from line ${firstUnread} on`,
  ].filter((fact) => fact !== false);
  return facts.length === 0 ? [] : [`The list “${path}”: ${facts.join('; ')}.`];
}

const count = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

function fromFileNames(paths: readonly string[]): readonly Labels[] {
  const labels = namesOfFiles(paths)?.map((name) => (name === null ? null : cleanLabel(name)));
  const at = labels?.findIndex((label) => label !== null) ?? -1;
  const name = labels?.[at];
  if (!labels || name === undefined || name === null) return [];
  return [asChoice({ labels, notes: [] }, { kind: 'file-name', example: paths[at] ?? '', name })];
}

function asChoice(labelling: Labelling, source: LabelSource): Labels {
  const names = new Set(labelling.labels.filter((label) => label !== null));
  const nameless = labelling.labels.filter((label) => label === null).length;
  const byFolder = source.kind === 'folder';
  const choice = {
    source,
    identities: names.size,
    unlabelled: byFolder ? nameless : 0,
    skipped: byFolder ? 0 : nameless,
    names: [...names].slice(0, EXAMPLES),
  };
  return { ...labelling, choice };
}

/** Without those that divide the photos as an earlier one does: there is nothing to choose. */
function withoutEqual(all: readonly Labels[]): readonly Labels[] {
  return all.filter(
    (one, index) => !all.slice(0, index).some((other) => divideAlike(one.labels, other.labels)),
  );
}

function divideAlike(a: Labelling['labels'], b: Labelling['labels']): boolean {
  const [there, back] = [new Map<string | null, string | null>(), new Map<string | null, string | null>()];
  return a.every((label, index) => {
    const other = b[index] ?? null;
    if (!there.has(label)) there.set(label, other);
    if (!back.has(other)) back.set(other, label);
    return there.get(label) === other && back.get(other) === label;
  });
}
