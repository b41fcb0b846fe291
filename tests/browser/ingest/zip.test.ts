import { BlobWriter, TextReader, Uint8ArrayReader, ZipWriter } from '@zip.js/zip.js';
import { afterAll, describe, expect, it } from 'vitest';
import { describeReason } from '../../../src/domain/reject-reason.ts';
import { startIngest } from './run.ts';

/** A small picture of one colour: an image without a face. */
async function square(colour: string, edge = 64): Promise<Uint8Array<ArrayBuffer>> {
  const canvas = new OffscreenCanvas(edge, edge);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  context.fillStyle = colour;
  context.fillRect(0, 0, edge, edge);
  return new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
}

async function zip(
  entries: readonly (readonly [string, Uint8Array | string, password?: string])[],
): Promise<{ readonly path: string; readonly file: File }> {
  const writer = new ZipWriter(new BlobWriter(), { useWebWorkers: false });
  for (const [name, content, password] of entries) {
    await writer.add(
      name,
      typeof content === 'string' ? new TextReader(content) : new Uint8ArrayReader(content),
      password ? { password } : {},
    );
  }
  return { path: 'photos.zip', file: new File([await writer.close()], 'photos.zip') };
}

/** Replaces a name in the archive by one of the same length, in both of its places. */
async function rename(source: { path: string; file: File }, from: string, to: string) {
  const bytes = new Uint8Array(await source.file.arrayBuffer());
  for (let i = 0; i + from.length <= bytes.length; i++) {
    if ([...from].every((character, k) => bytes[i + k] === character.charCodeAt(0)))
      for (let k = 0; k < to.length; k++) bytes[i + k] = to.charCodeAt(k);
  }
  return { path: source.path, file: new File([bytes], 'photos.zip') };
}

/** Says of the entry of that name that it is compressed by another method: bytes 8 and 10 of its two headers. */
async function declareMethod(source: { path: string; file: File }, name: string, method: number) {
  const bytes = new Uint8Array(await source.file.arrayBuffer());
  const text = String.fromCharCode(...bytes);
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    if (text.startsWith('PK\x03\x04', at - 30)) bytes[at - 30 + 8] = method;
    if (text.startsWith('PK\x01\x02', at - 46)) bytes[at - 46 + 10] = method;
  }
  return { path: source.path, file: new File([bytes], 'photos.zip') };
}

describe('archives', () => {
  const worker = startIngest();
  afterAll(() => worker.close());
  const survey = (source: { path: string; file: File }) => worker.call('survey', { sources: [source] });

  it('lists, labels and reads the entries; a bad one does not stop the others', async () => {
    const inner = new Uint8Array(await (await zip([['a.txt', 'x']])).file.arrayBuffer());
    const source = await zip([
      ['people/Ada/1.png', await square('red')],
      ['people/Ada/again.png', await square('red')],
      ['people/<img src=x onerror=alert(1)>/2.png', await square('blue')],
      ['people/Ada/inner.zip', inner],
      ['people/Ada/notes.jpg', 'only text'],
      ['__MACOSX/people/._x', 'mac'],
    ]);
    const { survey: seen, summary, rejected, faces } = await worker.run([source]);
    expect(seen).toMatchObject({ files: 6, alignedSize: 64 });
    expect(seen.labelChoices).toMatchObject([{ identities: 2, unlabelled: 0 }]);
    expect(summary).toMatchObject({ files: 6, faces: 0, rejected: 6 });
    expect(faces).toEqual([]);
    const reason = (path: string) => rejected.find((file) => file.path === `photos.zip/${path}`);
    expect(reason('people/Ada/1.png')).toMatchObject({ label: 'Ada', reason: { kind: 'no-face' } });
    expect(reason('people/Ada/1.png')?.alternatives[0]?.flag).toBe('whole-picture');
    expect(reason('people/Ada/again.png')?.reason).toEqual({
      kind: 'duplicate',
      of: 'photos.zip/people/Ada/1.png',
    });
    expect(reason('people/<img src=x onerror=alert(1)>/2.png')?.label).toBe('<img src=x onerror=alert(1)>');
    expect(reason('people/Ada/inner.zip')?.reason).toMatchObject({ kind: 'not-an-image' });
    expect(reason('people/Ada/notes.jpg')?.reason).toEqual({ kind: 'not-an-image', looksLike: 'text' });
    expect(reason('__MACOSX/people/._x')?.reason).toEqual({ kind: 'system-file' });
    await worker.call('reset', null);
    const asIs = await worker.run([source], 'as-is');
    expect(asIs.faces).toHaveLength(2);
    expect(asIs.faces[0]?.flags).toEqual(['as-is', 'low-resolution']);
  });

  it('refuses paths that leave the archive', async () => {
    const plain = await zip([['aa/photo.png', await square('red')]]);
    await expect(survey(await rename(plain, 'aa/', '../'))).rejects.toThrow(/leads out of the archive/);
    await expect(survey(await rename(plain, 'aa/', '/a/'))).rejects.toThrow(/holds a path that/);
    for (const name of ['..\\', '\\a\\', 'C:\\'])
      await expect(survey(await rename(plain, 'aa/', name))).rejects.toThrow(/holds a path that/);
  });

  it('reads backslashes as folders, as many programs for Windows write them', async () => {
    const source = await zip([
      ['people/Ada/1.png', await square('red')],
      ['people/Bob/2.png', await square('blue')],
      ['people/Cy/', ''],
    ]);
    let windows = source;
    for (const path of ['people/Ada/1.png', 'people/Bob/2.png', 'people/Cy/'])
      windows = await rename(windows, path, path.replaceAll('/', '\\'));
    await worker.call('reset', null);
    const { survey: seen, faces } = await worker.run([windows], 'as-is');
    expect(seen).toMatchObject({ files: 2, labelChoices: [{ identities: 2, names: ['Ada', 'Bob'] }] });
    expect(faces.map(({ path, label }) => [path, label])).toEqual([
      ['photos.zip/people/Ada/1.png', 'Ada'],
      ['photos.zip/people/Bob/2.png', 'Bob'],
    ]);
  });

  it('skips entries that it cannot unpack, with the reason, and reads the others', async () => {
    const source = await zip([
      ['Ada/1.png', await square('red')],
      ['Ada/lzma.png', await square('blue')],
      ['Ada/other.png', await square('green')],
      ['Ada/secret.png', await square('black'), 'secret'],
    ]);
    const odd = await declareMethod(await declareMethod(source, 'Ada/lzma.png', 14), 'Ada/other.png', 77);
    await worker.call('reset', null);
    const { faces, rejected } = await worker.run([odd], 'as-is');
    expect(faces.map(({ path }) => path)).toEqual(['photos.zip/Ada/1.png']);
    expect(rejected.map(({ path, reason }) => [path, describeReason(reason)])).toEqual([
      ['photos.zip/Ada/lzma.png', expect.stringMatching(/not unpacked: it is compressed with LZMA/)],
      ['photos.zip/Ada/other.png', expect.stringMatching(/method 77/)],
      ['photos.zip/Ada/secret.png', expect.stringMatching(/password-protected/)],
    ]);
  });

  it('refuses implausible compression, passwords and damage, and says so', async () => {
    const bomb = await zip([['Ada/1.png', new Uint8Array(30_000_000)]]);
    expect(bomb.file.size).toBeLessThan(100_000);
    await expect(survey(bomb)).rejects.toThrow(/would grow .* times/);
    await expect(survey(await zip([['Ada/1.png', 'x', 'secret']]))).rejects.toThrow(/password/);
    const whole = await zip([['Ada/1.png', await square('red')]]);
    await expect(
      survey({ path: 'half.zip', file: new File([whole.file.slice(0, 60)], 'half.zip') }),
    ).rejects.toThrow(/damaged/);
  });

  it('answers a selection that it does not know with a problem', async () => {
    const args = { selection: 999, alignment: 'detect', unlabelledName: null, everythingIs: null } as const;
    await expect(worker.call('ingest', args)).rejects.toThrow(/no longer available/);
  });
});
