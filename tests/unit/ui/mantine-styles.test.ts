import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const MANTINE = 'node_modules/@mantine/core';
const read = (path: string): string => readFileSync(path, 'utf8');
const matches = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, group = '']) => group);

/** Style sheets of a module of Mantine and of those that it imports, by name. */
function sheetsOf(path: string, seen: Set<string>): string[] {
  if (seen.has(path) || !existsSync(path)) return [];
  seen.add(path);
  const own = path.endsWith('.module.mjs') ? [basename(path, '.module.mjs')] : [];
  const imports = matches(read(path), /from "(\.[^"]+)"/g);
  return [...own, ...imports.flatMap((to) => sheetsOf(join(dirname(path), to), seen))];
}

it('the styles of every Mantine component that is used are loaded, and in Mantine’s order', () => {
  const loaded = matches(read('src/ui/mantine.css'), /styles\/(.+)\.css/g);
  const index = read(`${MANTINE}/esm/index.mjs`);
  const seen = new Set<string>();
  const used = new Set(
    readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.tsx?$/.test(path))
      .map((path) => join('src', path))
      .flatMap((path) => matches(read(path), /import (?:type )?\{([^}]*)\} from '@mantine\/core'/g))
      .flatMap((names) => names.split(','))
      .map((name) => name.trim()),
  );
  const needed = [...used].flatMap((name) => {
    const [from] = matches(
      index,
      new RegExp(`import \\{ (?:[^}]*, )?${name}(?:,[^}]*)? \\} from "([^"]+)"`, 'g'),
    );
    return from === undefined ? [] : sheetsOf(join(MANTINE, 'esm', from), seen);
  });
  expect(needed).toContain('Button');
  expect([...new Set(needed)].filter((name) => !loaded.includes(name))).toEqual([]);

  const all = read(`${MANTINE}/styles.css`);
  const places = loaded.map((name) =>
    all.indexOf(read(`${MANTINE}/styles/${name}.css`).trim().slice(0, 200)),
  );
  expect(places).toEqual([...places].sort((a, b) => a - b));
});
