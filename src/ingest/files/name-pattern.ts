/** Beginnings that cameras and programs give: nobody's name. */
const NO_NAMES = new Set(
  `img image images dsc dscn dscf dcim pict pic picture photo photos foto pxl mvi vid video gopr frame capture screenshot
  scan scanned file unnamed untitled download face crop aligned sample test train p c no nr number whatsapp signal
  snapchat webcam cam camera still thumb thumbnail original copy whatsapp-image whatsapp_image`.split(/\s+/),
);

/** How names and numbers can be put together; the first group is the name. */
const PATTERNS: readonly RegExp[] = [
  /^(.*?[^\s_.#(-])(?:[\s_.#-]+\(?\d+\)?|\(\d+\))+$/u, // `ada_001`, `Ada Lovelace 3`, `001_01_02`, `ada (2)`
  /^(.*[^\s_.#(-])(?:[\s_.#-]+\(?\d+\)?|\(\d+\))$/u, // `person 1 (2)`: only the last number counts
  /^\d+[\s_.-]+(\p{L}.*)$/u, // `1_ada`
  /^(.*\p{L})\d+$/u, // `ada1`
];

/** Longer file names are not looked at. */
const LONGEST = 100;
/** Share of the photos that must have a name by the pattern. */
const NAMED = 0.8;
/** Share of those that must not be the only one of their name. */
const SHARED = 0.6;

/**
 * The person in the name of each photo, where file names are made of a name and a number; null for a photo without one.
 * Null when no pattern fits most photos, or it gives less than two people.
 */
export function namesOfFiles(paths: readonly string[]): readonly (string | null)[] | null {
  const stems = paths.map(stemOf);
  for (const pattern of PATTERNS) {
    const names = byPattern(stems, pattern);
    if (names) return names;
  }
  return null;
}

function stemOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.length > LONGEST ? '' : name.replace(/\.[a-z\d]{1,5}$/i, '').normalize('NFC');
}

const keyOf = (name: string): string => name.toLowerCase().replace(/[\s_.-]+/g, ' ');

function byPattern(stems: readonly string[], pattern: RegExp): readonly (string | null)[] | null {
  const shown = new Map<string, string>();
  const counts = new Map<string, number>();
  const keys = stems.map((stem) => {
    // An age or a running number may stand in front of the name: `53_Robin_Williams_0001`.
    const name = pattern.exec(stem)?.[1]?.replace(/^\d+[\s_.-]+(?=\p{L})/u, '');
    if (name === undefined || isNoName(name)) return null;
    const key = keyOf(name);
    if (!shown.has(key)) shown.set(key, name);
    counts.set(key, (counts.get(key) ?? 0) + 1);
    return key;
  });
  let named = 0;
  let shared = 0;
  for (const count of counts.values()) {
    named += count;
    if (count > 1) shared += count;
  }
  if (counts.size < 2 || named < stems.length * NAMED || shared < named * SHARED) return null;
  return keys.map((key, index) => {
    // `ada.jpg` beside `ada_2.jpg`.
    const own = key ?? keyOf(stems[index] ?? '');
    return shown.get(own) ?? null;
  });
}

/** Also dates, which part phone photos by day: `20190512_143011`, `2019-05-12 14.30.11`. */
const isNoName = (name: string): boolean =>
  NO_NAMES.has(name.toLowerCase().replace(/[\s_.\d-]+$/, '')) ||
  /^(?:19|20)\d\d(?:[-_.]?[01]\d(?:[-_.]?[0-3]\d)?)?$/.test(name);
