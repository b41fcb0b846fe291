import { display } from 'facesjs';
import { writeHeader } from '../../src/client/sample-people.ts';
import { FACE_SIZE } from '../../src/domain/faces.ts';
import { createRandom, type Random } from '../../src/lib/random.ts';
import { createPeople, SAMPLE_NAMES, varyPerson } from './traits.ts';

const PICTURES_EACH = 10;
const SEED = 2718;
/** Of the WebP pictures. */
const QUALITY = 0.9;

/**
 * facesjs draws on 400 x 600 with the eyes at (140, 310) and (260, 310). This square of it, scaled to
 * FACE_SIZE, puts them where the alignment template has them: 35.2 px apart around (55.9, 51.6).
 */
const VIEW = { x: 9.5, y: 134, edge: 381 };
/** Drawn larger than shown and scaled down once, with the pose, so that edges stay smooth. */
const DRAWN = 2 * FACE_SIZE;

/**
 * Draws the sample people: 24 faces that belong to nobody, 10 pictures of each with varied expression, pose,
 * light, glasses and background, as aligned 112 x 112 pictures, and writes them as one file.
 */
export async function drawSamplePeople(): Promise<Blob> {
  const random = createRandom(SEED);
  const people = createPeople(SAMPLE_NAMES.length, random.fork('people'));
  const stage = document.createElement('div');
  // facesjs measures what it draws, so the stage must be laid out.
  stage.style.cssText = 'position:fixed;left:-1000px;top:0;width:400px;height:600px;contain:strict';
  document.body.append(stage);
  const drawn: { readonly name: string; readonly pictures: readonly Blob[] }[] = [];
  for (const [index, person] of people.entries()) {
    const name = SAMPLE_NAMES[index] ?? `Person ${index + 1}`;
    const moments = Array.from({ length: PICTURES_EACH }, (_, picture) => {
      const moment = random.fork(`${name}/${picture}`);
      display(stage, varyPerson(person, moment));
      return { moment, svg: cropped(stage) };
    });
    drawn.push({
      name,
      pictures: await Promise.all(moments.map(({ svg, moment }) => photograph(svg, moment))),
    });
  }
  stage.remove();
  const header = writeHeader({
    size: FACE_SIZE,
    people: drawn.map(({ name, pictures }) => ({ name, pictures: pictures.map(({ size }) => size) })),
  });
  return new Blob([header, ...drawn.flatMap(({ pictures }) => pictures)]);
}

/** The drawing on the stage as the text of a picture that shows only the face square. */
function cropped(stage: HTMLElement): string {
  const svg = stage.querySelector('svg');
  if (!svg) throw new Error('Internal error: the drawing of a sample person is missing');
  svg.setAttribute('viewBox', `${VIEW.x} ${VIEW.y} ${VIEW.edge} ${VIEW.edge}`);
  svg.setAttribute('width', String(DRAWN));
  svg.setAttribute('height', String(DRAWN));
  return new XMLSerializer().serializeToString(svg);
}

async function photograph(svg: string, random: Random): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const picture = new Image();
    picture.src = url;
    await picture.decode();
    const canvas = document.createElement('canvas');
    canvas.width = FACE_SIZE;
    canvas.height = FACE_SIZE;
    const context = canvas.getContext('2d');
    if (!context) throw new Error('The browser gives no 2D canvas.');
    background(context, random);
    pose(context, picture, random);
    light(context, random);
    return await new Promise((resolve, reject) =>
      canvas.toBlob(
        (blob) => (blob ? resolve(blob) : reject(new Error('The canvas gave no picture.'))),
        'image/webp',
        QUALITY,
      ),
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}

function background(context: CanvasRenderingContext2D, random: Random): void {
  const hue = random.below(360);
  const lightness = random.between(35, 88);
  const sky = context.createLinearGradient(0, 0, random.between(0, FACE_SIZE), FACE_SIZE);
  sky.addColorStop(0, `hsl(${hue} 25% ${lightness}%)`);
  sky.addColorStop(1, `hsl(${(hue + random.between(10, 60)) % 360} 25% ${lightness - 18}%)`);
  context.fillStyle = sky;
  context.fillRect(0, 0, FACE_SIZE, FACE_SIZE);
}

/** A slightly turned, leaning, shifted head: an affine transform about the middle of the face. */
function pose(context: CanvasRenderingContext2D, picture: HTMLImageElement, random: Random): void {
  const middle = FACE_SIZE / 2;
  const narrow = 1 - Math.abs(random.normal()) * 0.05;
  const zoom = random.between(0.92, 1.08);
  context.save();
  context.translate(middle + random.between(-5, 5), middle + random.between(-4, 4));
  context.rotate((random.normal() * 5 * Math.PI) / 180);
  context.transform(1, random.between(-0.05, 0.05), random.between(-0.09, 0.09), 1, 0, 0);
  context.scale(zoom * Math.max(0.84, narrow), zoom);
  context.filter = `brightness(${random.between(0.72, 1.2)}) contrast(${random.between(0.8, 1.15)}) saturate(${random.between(0.6, 1.2)})`;
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, -middle, -middle, FACE_SIZE, FACE_SIZE);
  context.restore();
}

/** Light from one side and a cast of colour over everything. */
function light(context: CanvasRenderingContext2D, random: Random): void {
  const angle = random.between(0, 2 * Math.PI);
  const middle = FACE_SIZE / 2;
  const [dx, dy] = [Math.cos(angle) * middle, Math.sin(angle) * middle];
  const shade = context.createLinearGradient(middle - dx, middle - dy, middle + dx, middle + dy);
  shade.addColorStop(0, `rgba(255,255,255,${random.between(0, 0.25)})`);
  shade.addColorStop(1, `rgba(0,0,20,${random.between(0.05, 0.45)})`);
  context.fillStyle = shade;
  context.fillRect(0, 0, FACE_SIZE, FACE_SIZE);
  context.fillStyle = `hsla(${random.next() < 0.5 ? 30 : 215} 80% 50% / ${random.between(0, 0.1)})`;
  context.fillRect(0, 0, FACE_SIZE, FACE_SIZE);
}
