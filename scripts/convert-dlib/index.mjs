// Makes public/models/dlib-resnet from the pinned upstream package. The same bytes every time.
//
//   node scripts/convert-dlib/index.mjs [TARBALL]
//
// Without TARBALL the package (13 MB) is downloaded once into .cache/.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fetchTarball, readPackaged, sha256 } from '../convert-models/source.mjs';
import { convertDlib } from './convert.mjs';
import { goldenOf } from './golden.mjs';
import { readme } from './readme.mjs';
import { readWeights } from './weights.mjs';

const PINNED = {
  name: '@vladmandic/face-api',
  version: '1.7.15',
  integrity:
    'sha512-WDMmK3CfNLo8jylWqMoQgf4nIst3M0fzx1dnac96wv/dvMTN4DxC/Pq1DGtduDk1lktCamQ3MIDXFnvrdHTXDw==',
};
const SOURCES = ['model/face_recognition_model-weights_manifest.json', 'model/face_recognition_model.bin'];

const root = fileURLToPath(new URL('../../', import.meta.url));
const outDir = join(root, 'public/models/dlib-resnet');
const tarball = fetchTarball(process.argv[2], join(root, '.cache'), PINNED);
const [manifest, bin] = SOURCES.map((path) => readPackaged(tarball, path));
const weights = readWeights(manifest, bin);
const model = convertDlib(weights);

mkdirSync(outDir, { recursive: true });
writeFileSync(join(outDir, 'model.json'), model.json);
writeFileSync(join(outDir, 'weights.bin'), model.bin);
const row = (path, bytes) => ({ path, size: bytes.length, sha256: sha256(bytes) });
const facts = {
  pinned: PINNED,
  sources: [row(SOURCES[0], manifest), row(SOURCES[1], bin)],
  made: [row('model.json', model.json), row('weights.bin', model.bin)],
  parameters: model.parameters,
  licence: readPackaged(tarball, 'LICENSE').toString('utf8'),
};
writeFileSync(join(outDir, 'README.md'), readme(facts));
const golden = join(root, 'tests/fixtures/dlib-resnet-golden.json');
writeFileSync(golden, `${JSON.stringify(goldenOf(weights), null, 2)}\n`);
for (const { path, size, sha256: sum } of [...facts.sources, ...facts.made])
  console.log(`${sum}  ${path} (${size} bytes)`);
