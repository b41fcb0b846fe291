// How much of what `npm run headless -- recognise` wrote is right, by the folders of the photos:
//   node scripts/recognition-rates.mjs KNOWN.json UNKNOWN.json [--manifest manifest.json] [--thresholds 0.3,0.4,0.5]
// KNOWN.json: photos of people of the gallery, in folders of their names. UNKNOWN.json: photos of others. Of each photo the
// largest face counts. With the manifest of a model, the people trained on and those held out are also counted apart. For other
// thresholds than that of the run, the files must come from a run with --threshold -1.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { manifest: { type: 'string' }, thresholds: { type: 'string' } },
});
const [known, unknown] = positionals;
if (known === undefined || unknown === undefined) throw new Error('Give the two files.');

/** The largest face of each photo, with the name of the photo's folder. */
function faces(file) {
  return JSON.parse(readFileSync(file, 'utf8')).map(({ photo, faces: found }) => {
    const [largest] = [...found].sort((a, b) => b.box.width - a.box.width);
    return { person: photo.split('/').at(-2), face: largest ?? null };
  });
}
const share = (all, test) => `${((all.filter(test).length / all.length) * 100).toFixed(1)} %`;

const own = faces(known);
const others = faces(unknown);
const noFace = [own, others].map((photos) => photos.filter(({ face }) => face === null).length);
console.log(
  `${own.length} photos of known people, ${others.length} of others; without a face: ${noFace.join(', ')}`,
);
const groups = [['known people', own]];
if (values.manifest !== undefined) {
  const { people, enrolled = [] } = JSON.parse(readFileSync(values.manifest, 'utf8'));
  for (const [what, list] of [
    ['trained on', people],
    ['held out', enrolled],
  ]) {
    const names = new Set(list.map(({ name }) => name));
    const photos = own.filter(({ person }) => names.has(person));
    groups.push([`${what}: ${names.size} people`, photos]);
  }
}
console.log('threshold | of | photos | named right (of others: unknown) | named wrong');
for (const threshold of values.thresholds?.split(',') ?? ['of the run']) {
  const least = values.thresholds === undefined ? -1 : Number(threshold);
  const named = (face) => face !== null && face.name !== null && face.similarity >= least;
  for (const [what, photos] of groups) {
    const right = share(photos, ({ person, face }) => named(face) && face.name === person);
    const wrong = share(photos, ({ person, face }) => named(face) && face.name !== person);
    console.log([threshold, what, photos.length, right, wrong].join(' | '));
  }
  console.log(
    [threshold, 'others', others.length, share(others, ({ face }) => !named(face)), ''].join(' | '),
  );
}
