import { loadSamplePeople } from '../../client/sample-people.ts';

export interface SampleFace {
  readonly name: string;
  readonly image: Blob;
}

/** One face of each of the sample people, to be looked at; empty where they cannot be loaded. */
export async function sampleFaces(): Promise<SampleFace[]> {
  const faces = await loadSamplePeople().catch(() => []);
  const first = new Map<string, SampleFace>();
  for (const { label, image } of faces) {
    const name = label ?? '';
    if (!first.has(name)) first.set(name, { name, image });
  }
  return [...first.values()];
}
