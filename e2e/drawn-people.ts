import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '../src/lib/random.ts';
import { png } from './png.ts';

const SIZE = 112;
const clamp = (value: number): number => Math.max(0, Math.min(255, Math.round(value)));

/** A drawn face of one person: colours and proportions are the person's, place and light the picture's. */
function drawnFace(person: number, picture: number): Buffer {
  const own = createRandom(1000 + person);
  const skin = [own.between(90, 240), own.between(70, 200), own.between(60, 190)] as const;
  const hair = [own.between(0, 200), own.between(0, 160), own.between(0, 120)] as const;
  const width = own.between(30, 44);
  const eyeGap = own.between(13, 22);
  const eyeSize = own.between(3, 7);
  const mouth = own.between(8, 20);
  const hairline = own.between(20, 45);
  const now = createRandom(person * 1009 + picture);
  const [dx, dy, light] = [now.between(-4, 4), now.between(-4, 4), now.between(0.8, 1.2)];
  return png(SIZE, SIZE, (px, py) => {
    const x = px - SIZE / 2 - dx;
    const y = py - SIZE / 2 - dy;
    const noise = now.between(-8, 8);
    const face = (x / width) ** 2 + (y / 50) ** 2 < 1;
    const eye = Math.hypot(Math.abs(x) - eyeGap, y + 6) < eyeSize;
    const lips = Math.abs(x) < mouth && Math.abs(y - 26) < 3;
    const [r, g, b] = eye || lips ? [40, 30, 60] : face ? (y < hairline - 60 ? hair : skin) : [120, 130, 140];
    return [clamp(r * light + noise), clamp(g * light + noise), clamp(b * light + noise)];
  });
}

/** Writes `people` folders of aligned 112x112 drawings below `root` and returns their names. */
export function writeDrawnPeople(
  root: string,
  people: number,
  pictures: number,
  hostile: string | null = null,
): string[] {
  const names: string[] = [];
  for (let person = 0; person < people; person++) {
    const name = person === 0 && hostile !== null ? hostile : `Person ${String(person + 1).padStart(2, '0')}`;
    names.push(name);
    mkdirSync(join(root, name), { recursive: true });
    for (let picture = 0; picture < pictures; picture++) {
      writeFileSync(join(root, name, `${picture + 1}.png`), drawnFace(person, picture));
    }
  }
  return names;
}
