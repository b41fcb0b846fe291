import type { Spread, Vector } from './angles.ts';

export interface Sphere {
  readonly title: string;
  readonly subtitle: string;
  readonly spread: Spread;
  readonly labels: readonly number[];
}

const RADIUS = 130;
const CELL = { width: 330, height: 370 } as const;
/** Ten colours that stay apart for most who confuse red and green: eight of Okabe & Ito's, and two more. */
const COLOURS = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#d55e00',
  '#cc79a7',
  '#56b4e9',
  '#8c6d1f',
  '#6a3d9a',
  '#111111',
  '#7f7f7f',
];
/** So many points of each class are drawn: more hide each other and make the file large. */
const DRAWN = 60;

/** Turned a little, so that no axis points at the eye: x and y to the right and up, z towards it. */
function turned([x, y, z]: Vector): Vector {
  const [a, b] = [0.6, -0.45];
  const [x1, z1] = [x * Math.cos(a) + z * Math.sin(a), -x * Math.sin(a) + z * Math.cos(a)];
  return [x1, y * Math.cos(b) - z1 * Math.sin(b), y * Math.sin(b) + z1 * Math.cos(b)];
}

const at = (v: number): string => v.toFixed(1);

/** The spheres side by side. What lies on the far side is drawn first, and faint. */
export function drawSpheres(spheres: readonly Sphere[]): string {
  const width = CELL.width * spheres.length;
  const legend = COLOURS.map(
    (colour, digit) =>
      `<g transform="translate(${at(width / 2 - 235 + digit * 50)} ${CELL.height + 14})"><circle r="6" fill="${colour}"/><text x="11" y="5">${digit}</text></g>`,
  ).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${CELL.height + 40}" font-family="sans-serif" font-size="15" role="img">
<title>Embeddings of handwritten digits on the sphere: ${spheres.map(({ title }) => title).join(', ')}</title>
<defs><radialGradient id="ball" cx="0.38" cy="0.32" r="0.75"><stop offset="0" stop-color="#fff"/><stop offset="0.75" stop-color="#eef1f5"/><stop offset="1" stop-color="#cfd6de"/></radialGradient></defs>
<rect width="100%" height="100%" fill="#fff"/>
${spheres.map((sphere, i) => `<g transform="translate(${i * CELL.width} 0)">${drawSphere(sphere)}</g>`).join('\n')}
${legend}
</svg>
`;
}

function drawSphere({ title, subtitle, spread, labels }: Sphere): string {
  const drawn = new Map<number, number>();
  const dots = spread.points
    .flatMap((point, i) => {
      const label = labels[i] ?? 0;
      const count = drawn.get(label) ?? 0;
      drawn.set(label, count + 1);
      return count < DRAWN ? [{ place: turned(point), colour: COLOURS[label] ?? '#000' }] : [];
    })
    .toSorted((a, b) => a.place[2] - b.place[2]);
  const centres = spread.centres
    .map((centre, digit) => ({ place: turned(centre), digit, colour: COLOURS[digit] ?? '#000' }))
    .toSorted((a, b) => a.place[2] - b.place[2]);
  const dot = ({ place: [x, y, z], colour }: (typeof dots)[number]): string =>
    `<circle cx="${at(x * RADIUS)}" cy="${at(-y * RADIUS)}" r="${z > 0 ? 2.4 : 1.8}" fill="${colour}" opacity="${z > 0 ? 0.75 : 0.18}"/>`;
  const ray = ({ place: [x, y, z], digit, colour }: (typeof centres)[number]): string => {
    const label = `<text x="${at(x * RADIUS * 1.13)}" y="${at(-y * RADIUS * 1.13 + 5)}" text-anchor="middle" font-weight="700" fill="${colour}" opacity="${z > 0 ? 1 : 0.45}" stroke="#fff" stroke-width="3" paint-order="stroke">${digit}</text>`;
    const line = `<line x2="${at(x * RADIUS)}" y2="${at(-y * RADIUS)}" stroke="${colour}" stroke-width="1.5" opacity="${z > 0 ? 0.9 : 0.25}"/>`;
    return line + label;
  };
  const far = ({ place }: { readonly place: Vector }): boolean => place[2] <= 0;
  const near = ({ place }: { readonly place: Vector }): boolean => place[2] > 0;
  const ring = (flat: number): string =>
    `<ellipse rx="${RADIUS}" ry="${at(RADIUS * flat)}" fill="none" stroke="#aab4c0" stroke-width="0.7" stroke-dasharray="3 4"/>`;
  return `<g transform="translate(${CELL.width / 2} ${RADIUS + 82})">
<text y="${-RADIUS - 52}" text-anchor="middle" font-size="19" font-weight="700">${title}</text>
<text y="${-RADIUS - 30}" text-anchor="middle" fill="#49525c">${subtitle}</text>
<circle r="${RADIUS}" fill="url(#ball)" stroke="#b5bec9"/>${ring(0.42)}
${dots.filter(far).map(dot).join('')}${centres.filter(far).map(ray).join('')}
${centres.filter(near).map(ray).join('')}${dots.filter(near).map(dot).join('')}
${centres
  .filter(near)
  .map(
    ({ place: [x, y], digit, colour }) =>
      `<text x="${at(x * RADIUS * 1.13)}" y="${at(-y * RADIUS * 1.13 + 5)}" text-anchor="middle" font-weight="700" fill="${colour}" stroke="#fff" stroke-width="3" paint-order="stroke">${digit}</text>`,
  )
  .join('')}
</g>`;
}
