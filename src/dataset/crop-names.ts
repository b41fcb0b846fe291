/** Longest name of a folder, in characters: with a number behind it below 255 bytes in every script. */
const LONGEST = 56;
/** Windows' devices, and what else lies beside the folders. */
const RESERVED = /^(con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]|split\.csv)(\.|$)/i;

/**
 * For each person the name of a folder: the person's, of characters that every file system takes (letters and digits of any
 * script, space, '.', '-', '_'), without dots or spaces at its ends, distinct also where capitals do not count.
 */
export function cropFolders(people: readonly string[]): string[] {
  const taken = new Set<string>();
  return people.map((person) => {
    const plain = cleaned(person);
    for (let n = 1; ; n++) {
      const name = n === 1 ? plain : `${plain} ${n}`;
      // Some file systems fold more than capitals, e.g. full-width letters or ß.
      const key = name.normalize('NFKC').toUpperCase().toLowerCase();
      if (taken.has(key)) continue;
      taken.add(key);
      return name;
    }
  });
}

function cleaned(person: string): string {
  const plain = person
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N} ._-]+/gu, '_')
    .replace(/^[ .-]+/, '');
  const name = [...plain]
    .slice(0, LONGEST)
    .join('')
    .replace(/[ .]+$/, '');
  if (name === '') return 'person';
  return RESERVED.test(name) ? `_${name}` : name;
}
