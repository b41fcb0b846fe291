// How well embeddings that `npm run headless -- embed` wrote verify the pairs of a file like LFW's pairs.txt:
//   npx tsx scripts/pair-accuracy.ts PAIRS.txt EMBEDDINGS.json [EMBEDDINGS.json ...]
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import { type PhotoName, parsePairs } from '../src/dataset/pairs.ts';
import { verify } from '../src/evaluate/verification.ts';
import { present } from '../src/lib/assert.ts';

const [pairs, ...files] = process.argv.slice(2);
if (pairs === undefined || files.length === 0) throw new Error('Give a pairs file and files of embeddings.');
const listed = parsePairs(readFileSync(pairs, 'utf8')).folds;
const written = z.array(z.object({ path: z.string(), embedding: z.array(z.number()).nullable() }));

for (const file of files) {
  const rows = written
    .parse(JSON.parse(readFileSync(file, 'utf8')))
    .flatMap(({ path, embedding }) =>
      embedding === null ? [] : [{ photo: basename(path).replace(/\.\w+$/, ''), embedding }],
    );
  const places = new Map(rows.map(({ photo }, row) => [photo, row]));
  const place = ({ name, number }: PhotoName) => places.get(`${name}_${String(number).padStart(4, '0')}`);
  const folds = listed.map((fold) =>
    fold.flatMap(({ a, b, genuine }) => {
      const [first, second] = [place(a), place(b)];
      return first === undefined || second === undefined ? [] : [{ a: first, b: second, genuine }];
    }),
  );
  const { accuracy, auc, tarAtFar, genuinePairs, impostorPairs } = verify({
    embeddings: Float32Array.from(rows.flatMap(({ embedding }) => embedding)),
    dimension: present(rows[0], 'an embedding').embedding.length,
    person: rows.map(() => 0),
    folds,
  });
  console.log(
    `${file}: accuracy ${accuracy.toFixed(4)}, AUC ${auc.toFixed(4)}, TAR at FAR 1 % ${tarAtFar['1e-2']?.toFixed(3) ?? 'not measured'}, ${genuinePairs} + ${impostorPairs} pairs`,
  );
}
