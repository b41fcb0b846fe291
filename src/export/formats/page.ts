import { readArchive, writeArchive } from '../../lib/archive.ts';
import { ProblemError, throwIfAborted } from '../../lib/problem.ts';
import { cardContents, documents } from '../documents/common-files.ts';
import { checkProgramFiles, fetchProgramFiles } from '../page/program-files.ts';
import { writePageReadme } from '../page/readme.ts';
import type { ExportFormat } from './format.ts';
import { tfjs } from './tfjs.ts';

/** The page fetches it from beside its index.html. */
const MODEL = 'model.zip';

/** A web page that recognises people with the model, for any server of static files, in a .zip. */
export const page = {
  id: 'page',
  label: 'a page of its own',
  contents: [
    {
      file: 'index.html and assets',
      description:
        'a page that names people in photos and before the webcam and compares photos, without uploading any; put it on any web server',
    },
    { file: MODEL, description: 'the model and its people, as for TensorFlow.js' },
    { file: 'README.md', description: 'how to put it on a server, and what to think of before' },
    cardContents,
  ],
  extension: '-page.zip',
  tolerance: tfjs.tolerance,

  async write(exported, signal) {
    const { manifest, created } = exported;
    const program = await fetchProgramFiles(signal);
    const model = await tfjs.write(exported, signal);
    throwIfAborted(signal);
    const files = [
      ...documents(manifest, writePageReadme(manifest)),
      { name: MODEL, data: model },
      ...program,
    ];
    return writeArchive(files, created, { signal });
  },

  async verify(file, faces) {
    const files = await readArchive(file);
    checkProgramFiles(files);
    const model = files.get(MODEL);
    if (model === undefined) throw new ProblemError(`The page lacks ${MODEL}.`, 'Export it again.');
    return tfjs.verify(new Blob([model]), faces);
  },
} satisfies ExportFormat;
