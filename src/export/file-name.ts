/** What is a valid file name everywhere: letters and digits of any script, '.', '-', '_', at most 60. */
export function fileName(name: string): string {
  const plain = name
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N}._-]+/gu, '-')
    .replace(/^[-.]+/, '');
  const short = [...plain]
    .slice(0, 60)
    .join('')
    .replace(/[-.]+$/, '');
  return short === '' || /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(short) ? 'model' : short;
}
