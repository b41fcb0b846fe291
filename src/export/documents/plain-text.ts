/** One line in which nothing is markup: for text that came from outside. */
export function plainText(value: string): string {
  const line = value
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const short = [...line].slice(0, 120).join('');
  return short.replace(/[\\`*_{}[\]()#+!|~$-]/g, '\\$&').replace(/[<>&"]/g, entity) || 'Face recogniser';
}

const ENTITIES: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' };
const entity = (character: string): string => ENTITIES[character] ?? character;
