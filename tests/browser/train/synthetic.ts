import type { TrainingSet } from '../../../src/domain/faces.ts';
import { personId, sampleId } from '../../../src/lib/brand.ts';
import { createRandom } from '../../../src/lib/random.ts';

/**
 * People who are easy to tell apart: each has a skin and a hair colour, a fringe and a distance of the eyes of
 * its own; every picture differs in light, position and noise.
 */
export async function syntheticPeople(people: number, photos: number, seed: number): Promise<TrainingSet> {
  const random = createRandom(seed);
  const faces: { id: ReturnType<typeof sampleId>; person: number; image: Blob }[] = [];
  for (let person = 0; person < people; person++) {
    const hue = (person * 360) / people;
    const eyes = 14 + (person % 4) * 5;
    const fringe = 16 + (person % 3) * 12;
    for (let photo = 0; photo < photos; photo++) {
      const canvas = new OffscreenCanvas(112, 112);
      const context = canvas.getContext('2d');
      if (!context) throw new Error('no canvas');
      const light = random.between(-12, 12);
      context.fillStyle = `hsl(${random.between(0, 360)} 20% ${45 + light}%)`;
      context.fillRect(0, 0, 112, 112);
      context.translate(random.between(-6, 6), random.between(-6, 6));
      context.fillStyle = `hsl(${hue} 60% ${60 + light}%)`;
      context.beginPath();
      context.ellipse(56, 60, 40, 50, 0, 0, 2 * Math.PI);
      context.fill();
      context.fillStyle = `hsl(${hue + 120} 60% ${30 + light}%)`;
      context.fillRect(16, 8, 80, fringe);
      context.fillStyle = 'black';
      for (const side of [-1, 1]) context.fillRect(56 + side * eyes - 4, 52, 8, 6);
      context.fillRect(40, 84 + random.between(-4, 4), 32, 4);
      faces.push({
        id: sampleId(`${person}/${photo}`),
        person,
        image: await canvas.convertToBlob({ type: 'image/png' }),
      });
    }
  }
  return {
    people: Array.from({ length: people }, (_, i) => ({ id: personId(`p${i}`), name: `Person ${i}` })),
    faces,
  };
}
