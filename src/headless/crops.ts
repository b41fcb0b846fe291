import type { TrainingConfig } from '../config/training-config.ts';
import { cropArchive, cropTable, prepareCrops } from '../dataset/crops.ts';
import type { TrainingSet } from '../domain/faces.ts';
import { say } from './page.ts';

/** Faces in one .zip: the terminal reads each whole. */
const AT_ONCE = 2000;

/** The data set as prepared, as object URLs of .zip files; the last has `split.csv`. @throws ProblemError */
export async function cropUrls(data: TrainingSet, config: TrainingConfig): Promise<string[]> {
  const crops = prepareCrops(data, config);
  const { signal } = new AbortController(); // the end of the command is the end of the page
  const date = new Date();
  const urls: string[] = [];
  for (let begin = 0; begin < crops.length; begin += AT_ONCE) {
    say('Writing faces', begin, crops.length);
    const end = Math.min(crops.length, begin + AT_ONCE);
    const table = end === crops.length ? cropTable(crops) : null;
    urls.push(URL.createObjectURL(await cropArchive(crops.slice(begin, end), table, date, signal)));
  }
  say('Writing faces', crops.length, crops.length);
  return urls;
}
