import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';

const root = join(import.meta.dirname, '..', '..', '..');
const listed: unknown = createRequire(import.meta.url)('../../../scripts/rooms.cjs');
const { rooms } = z
  .object({ rooms: z.array(z.object({ name: z.string(), side: z.string(), path: z.string() })) })
  .parse(listed);
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => /\.tsx?$/.test(path));

/** More files than this in one folder are to be sorted into several. */
const MOST = 14;

it('docs/architecture.md shows the rooms as they are, in their order', () => {
  const text = readFileSync(join(root, 'docs', 'architecture.md'), 'utf8');
  const table = text.split('<!-- rooms -->')[1]?.split('<!-- /rooms -->')[0] ?? '';
  const rows = [...table.matchAll(/^\| `(\w+)` \| (\w+) \|/gm)].map(([, name, side]) => ({ name, side }));
  expect(rows).toEqual(rooms.map(({ name, side }) => ({ name, side })));
});

it('every source file is in a room, and every room has files', () => {
  const roomOf = (path: string): string | undefined =>
    rooms.find((room) => new RegExp(`^${room.path}`).test(path))?.name;
  expect(sources.filter((path) => roomOf(path) === undefined)).toEqual([]);
  expect([...new Set(sources.map(roomOf))].sort()).toEqual(rooms.map(({ name }) => name).sort());
});

it(`no folder holds more than ${MOST} source files`, () => {
  const folders = new Map<string, number>();
  for (const path of sources) {
    expect(statSync(join(root, 'src', path)).isFile()).toBe(true);
    const folder = path.split('/').slice(0, -1).join('/');
    folders.set(folder, (folders.get(folder) ?? 0) + 1);
  }
  expect([...folders].filter(([, count]) => count > MOST)).toEqual([]);
});
