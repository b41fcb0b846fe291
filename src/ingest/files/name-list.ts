import { isSplit } from './folder-names.ts';

/** What is read of lists of names: bytes of all together, lines of one, how many. */
export const LIST_LIMITS = { bytes: 32_000_000, lines: 1_000_000, files: 20 } as const;

export const mayBeList = (path: string): boolean => /\.(?:csv|tsv|tab|txt|lst|list)$/i.test(path);

/** A text file that says who is on which photo. */
export interface NameList {
  /** The name for each photo; null where the list has none. */
  readonly names: readonly (string | null)[];
  /** Lines that name nobody, or another person for a photo that has one; the first of them, counted from 1. */
  readonly unread: number;
  readonly firstUnread: number | null;
  /** Lines about files that are not there. */
  readonly absent: number;
  /** Its header or file name says that it holds people, not some other property of photos. */
  readonly saysPeople: boolean;
}

const PEOPLE =
  /^(?:person|people|identity|subject|celebrity|celeb|who)(?:[\s_-]?(?:id|name|label|no|number))?$/i;
const MAYBE_PEOPLE = /^(?:name|label|class|id|target|y)(?:[\s_-]?(?:id|name|label))?$/i;
const PEOPLE_FILE = /identit|person|people|subject/i;
/** Other properties that photos have: no list of people, whatever its shape. */
const OTHER =
  /partition|split|gender|sex|(?:^|[\s_-])age(?:$|[\s_.-])|attr|bbox|landmark|pose|emotion|expression|smil|race|ethnic|quality|usage|width|height|date/i;
/** Lines, evenly spread, by which the layout is judged. */
const SAMPLE = 2000;
const MOST_COLUMNS = 20;
/** What counts for a file column: a photo that is there, one by its name without extension, the name of some picture. */
const [HERE, PERHAPS, PICTURE] = [1, 0.5, 0.001];

/** Characters of the longest line that is read. */
const LONGEST_LINE = 4096;

/** Columns of one line; null when it has fewer than two. */
type Split = (line: string) => readonly string[] | null;

const SPLITS: readonly Split[] = [
  (line) => fields(line, '\t'),
  (line) => fields(line, ';'),
  (line) => fields(line, ','),
  (line) => fields(line, '|'),
  (line) => atBlank(line, /\s/), // `000001.jpg Ada Lovelace`
  (line) => atBlank(line, /\s\S*$/), // `Ada Lovelace 000001.jpg`
];

/**
 * Reads a list with one photo per line: its file name (with folders or without) and the person, separated by comma,
 * semicolon, tab, bar or blanks, in quotes or not, with a header or without. More than two columns need a header that
 * says which one is the person.
 *
 * @param find index of the photo that a file name means; null for none
 * @returns null when it is not such a list
 */
export function readNameList(
  path: string,
  bytes: Uint8Array,
  photos: number,
  find: (file: string) => number | null,
): NameList | null {
  const lines = decode(bytes).split(/\r\n|\n|\r/, LIST_LIMITS.lines);
  const layout = layoutOf(lines, find);
  if (!layout) return null;
  const fileName = path.slice(path.lastIndexOf('/') + 1);
  const people = layout.saysPeople || PEOPLE_FILE.test(fileName);
  if (!people && (OTHER.test(fileName) || OTHER.test(layout.header))) return null;
  const read = readLines(lines, layout, photos, find);
  return people || canBePeople(read.names) ? { ...read, saysPeople: people } : null;
}

/** Where a photo and its person stand in a line. */
interface Layout {
  readonly split: Split;
  readonly file: number;
  readonly person: number;
  /** Index of the first line that is not the header. */
  readonly start: number;
  readonly header: string;
  readonly saysPeople: boolean;
}

const isPicture = (field: string): boolean =>
  /\.(?:jpe?g|jfif|png|webp|bmp|gif|tiff?|p[gp]m|hei[cf]|avif)$/i.test(field);

/** The way to split lines that finds the most photos. Of a long list there may be few, so names of pictures count a little. */
function layoutOf(lines: readonly string[], find: (file: string) => number | null): Layout | null {
  const first = lines.findIndex(isContent);
  const step = Math.max(1, Math.floor(lines.length / SAMPLE));
  const sample = lines.filter(
    (line, index) => index >= first && (index - first) % step === 0 && isContent(line),
  );
  const worth = (field: string): number => {
    const picture = isPicture(field);
    return find(field) === null ? (picture ? PICTURE : 0) : picture ? HERE : PERHAPS;
  };
  let best: { split: Split; file: number; found: number; columns: number } | null = null;
  for (const split of SPLITS) {
    const rows = sample.map((line) => rowOf(line, split));
    const columns = rows.reduce((most, row) => Math.max(most, row?.length ?? 0), 0);
    for (let file = 0; file < Math.min(columns, MOST_COLUMNS); file++) {
      const found = rows.reduce((sum, row) => sum + worth(row?.[file] ?? ''), 0);
      if (found > (best?.found ?? 0)) best = { split, file, found, columns };
    }
  }
  if (!best) return null;
  const { split, file, columns } = best;
  const head = rowOf(lines[first] ?? '', split) ?? [];
  const hasHeader = worth(head[file] ?? '') === 0 && head.length === columns;
  const titles = hasHeader ? head : [];
  const column = (pattern: RegExp): number =>
    titles.findIndex((title, index) => index !== file && pattern.test(title.trim()));
  const sure = column(PEOPLE);
  const likely = sure >= 0 ? sure : column(MAYBE_PEOPLE);
  const person = likely >= 0 ? likely : columns === 2 ? 1 - file : null;
  if (person === null) return null;
  return {
    split,
    file,
    person,
    start: first + (hasHeader ? 1 : 0),
    header: titles[person] ?? '',
    saysPeople: sure >= 0,
  };
}

function readLines(
  lines: readonly string[],
  { split, file, person, start }: Layout,
  photos: number,
  find: (file: string) => number | null,
): Omit<NameList, 'saysPeople'> {
  const names: (string | null)[] = new Array(photos).fill(null);
  let [unread, absent] = [0, 0];
  let firstUnread: number | null = null;
  for (let at = start; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (!isContent(line)) continue;
    const row = rowOf(line, split);
    const name = row?.[person]?.trim() ?? '';
    const index = find(row?.[file] ?? '');
    const known = index === null ? null : (names[index] ?? null);
    // Several numbers are measurements (`95 71 226 313`), no name.
    if (name === '' || /^-?[\d.]+(?:\s+-?[\d.]+)+$/.test(name) || (known !== null && known !== name)) {
      unread++;
      firstUnread ??= at + 1;
    } else if (index === null) absent++;
    else names[index] = name;
  }
  return { names, unread, firstUnread, absent };
}

/** Neither one value for each photo nor a yes or no, a part of a data set. */
function canBePeople(names: readonly (string | null)[]): boolean {
  const named = names.filter((name) => name !== null);
  const distinct = new Set(named);
  if (distinct.size < 2 || distinct.size > named.length * 0.9) return false;
  return ![...distinct].every(
    (name) => isSplit(name) || /^(?:-1|0|1|2|yes|no|true|false|m|f|fe?male)$/i.test(name),
  );
}

const rowOf = (line: string, split: Split): readonly string[] | null =>
  line.length > LONGEST_LINE ? null : split(line);

/** Fields of a line of a CSV file (RFC 4180, without line breaks inside quotes); null when it has fewer than two. */
function fields(line: string, separator: string): readonly string[] | null {
  if (!line.includes(separator)) return null;
  const found: string[] = [];
  let at = 0;
  while (at <= line.length) {
    const quoted = line[at] === '"' ? /"((?:[^"]|"")*)"\s*/y : null;
    if (quoted) quoted.lastIndex = at;
    const inside = quoted?.exec(line);
    if (inside && quoted && (quoted.lastIndex === line.length || line[quoted.lastIndex] === separator)) {
      found.push((inside[1] ?? '').replaceAll('""', '"'));
      at = quoted.lastIndex + 1;
      continue;
    }
    const end = line.indexOf(separator, at);
    found.push(line.slice(at, end < 0 ? line.length : end).trim());
    at = end < 0 ? line.length + 1 : end + 1;
  }
  return found;
}

/** The two sides of the blank that is found in a line. */
function atBlank(line: string, blank: RegExp): readonly string[] | null {
  const text = line.trim();
  const at = text.search(blank);
  return at < 0 ? null : [text.slice(0, at).trimEnd(), text.slice(at).trimStart()];
}

const isContent = (line: string): boolean => line.trim() !== '' && !line.startsWith('#');

/** UTF-8 or UTF-16 by its mark, UTF-8 where it is valid, else Windows-1252: what spreadsheets write. */
function decode(bytes: Uint8Array): string {
  const [a, b] = bytes;
  if (a === 0xff && b === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (a === 0xfe && b === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** Photos of one name among which one is looked for by its folders. */
const MOST_OF_ONE_NAME = 100;

/** Finds photos by the file names of a list: by name, and by folders where several photos have it. */
export function photoFinder(paths: readonly string[]): (file: string) => number | null {
  const parts = paths.map(partsOf);
  const byKey = new Map<string, number[]>();
  for (const [index, path] of parts.entries()) {
    const name = path[path.length - 1] ?? '';
    // A bar cannot be in a name: these keys do not meet.
    for (const key of [name, `|${withoutExtension(name)}`, `${path[path.length - 2] ?? ''}/${name}`]) {
      const known = byKey.get(key);
      if (known) known.push(index);
      else byKey.set(key, [index]);
    }
  }
  return (file) => {
    if (file.length > 1024) return null;
    const wanted = partsOf(file);
    const name = wanted[wanted.length - 1];
    if (name === undefined) return null;
    let found = byKey.get(name) ?? byKey.get(`|${name}`) ?? byKey.get(`|${withoutExtension(name)}`) ?? [];
    if (found.length > MOST_OF_ONE_NAME)
      found = byKey.get(`${wanted[wanted.length - 2] ?? ''}/${name}`) ?? [];
    if (found.length <= 1 || found.length > MOST_OF_ONE_NAME)
      return found.length === 1 ? (found[0] ?? null) : null;
    let best: number | null = null;
    let most = -1;
    for (const index of found) {
      const shared = sharedEnd(parts[index] ?? [], wanted);
      if (shared > most) [best, most] = [index, shared];
      else if (shared === most) best = null; // which one is not said
    }
    return best;
  };
}

const withoutExtension = (name: string): string => name.replace(/\.[^.]*$/, '');

const partsOf = (path: string): readonly string[] =>
  path
    .trim()
    .normalize('NFC')
    .toLowerCase()
    .split(/[\\/]+/)
    .filter((part) => part !== '' && part !== '.');

/** Folders above the name that two paths share. */
function sharedEnd(a: readonly string[], b: readonly string[]): number {
  let shared = 0;
  while (
    shared + 1 < a.length &&
    shared + 1 < b.length &&
    a[a.length - 2 - shared] === b[b.length - 2 - shared]
  )
    shared++;
  return shared;
}
