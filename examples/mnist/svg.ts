import type { Spread, Vector } from './angles.ts';
import { legibleTurn } from './turn.ts';

export interface Sphere {
  readonly title: string;
  readonly subtitles: readonly string[];
  readonly spread: Spread;
  readonly labels: readonly number[];
}

const RADIUS = 105;
const CELL = { width: 262, height: 330 } as const;
const LEGEND = 40;
/** From the middle of a class to its name. */
const NAME_AWAY = 16;
/** Nine colours that stay apart for those who confuse red and green (Paul Tol's "muted" ones), and black. */
const COLOURS = [
  '#332288',
  '#ddaa33',
  '#117733',
  '#cc6677',
  '#88ccee',
  '#882255',
  '#999933',
  '#44aa99',
  '#111111',
  '#aa4499',
];
/** Lengths in the picture count tenths, so that no decimal point is spent on two thousand dots. */
const FINE = 10;

const at = (v: number): number => Math.round(v * FINE);

/** The spheres side by side, on a white card for pages of any colour. What lies on the far side is drawn first, and faint. */
export function drawSpheres(spheres: readonly Sphere[]): string {
  const width = CELL.width * spheres.length;
  const height = CELL.height + LEGEND;
  const legend = COLOURS.map(
    (colour, digit) =>
      `<g transform="translate(${width / 2 - 235 + digit * 50} ${CELL.height + 12})"><circle r="6" fill="${colour}"/><text x="11" y="5">${digit}</text></g>`,
  ).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="15" role="img">
<title>Embeddings of handwritten digits on the sphere: ${spheres.map(({ title }) => title).join(', ')}</title>
<defs><radialGradient id="ball" cx=".38" cy=".32" r=".75"><stop offset="0" stop-color="#fff"/><stop offset=".75" stop-color="#f1f4f7"/><stop offset="1" stop-color="#d5dbe2"/></radialGradient></defs>
<rect width="${width}" height="${height}" rx="12" fill="#fff"/>
${spheres.map((sphere, i) => `<g transform="translate(${(i + 0.5) * CELL.width} 0)">${drawSphere(sphere)}</g>`).join('\n')}
${legend}
</svg>
`;
}

function drawSphere({ title, subtitles, spread, labels }: Sphere): string {
  const lines = subtitles
    .map((text, i) => `<text y="${50 + i * 20}" text-anchor="middle" fill="#49525c">${text}</text>`)
    .join('');
  const turn = legibleTurn(spread.centres);
  const points = spread.points.map(turn);
  const centres = spread.centres.map(turn);
  return `<text y="28" text-anchor="middle" font-size="19" font-weight="700">${title}</text>${lines}
<g transform="translate(0 ${CELL.height - RADIUS - 26})"><circle r="${RADIUS}" fill="url(#ball)" stroke="#b5bec9"/>
<g transform="scale(${1 / FINE})" stroke-linecap="round">${dots(points, labels, 'far')}${dots(points, labels, 'near')}</g>
${names(centres, 'far')}${names(centres, 'near')}</g>`;
}

/** Of the sphere as it is looked at: x to the right, y up, z towards the eye. */
type Side = 'near' | 'far';
const sideOf = ([, , z]: Vector): Side => (z > 0 ? 'near' : 'far');

/** One path a class: strokes of no length with round ends. */
function dots(points: readonly Vector[], labels: readonly number[], side: Side): string {
  const look = side === 'near' ? { size: 4.2, opacity: 0.8 } : { size: 3.4, opacity: 0.3 };
  return COLOURS.map((colour, digit) => {
    const own = points.filter((point, i) => labels[i] === digit && sideOf(point) === side);
    if (own.length === 0) return '';
    const path = own.map(([x, y]) => `M${at(x * RADIUS)} ${at(-y * RADIUS)}h0`).join('');
    return `<path d="${path}" stroke="${colour}" stroke-width="${at(look.size)}" opacity="${look.opacity}"/>`;
  }).join('');
}

/** The digit of each class, a little outside of the mean direction of its dots. */
function names(centres: readonly Vector[], side: Side): string {
  return centres
    .map((centre, digit) => {
      if (sideOf(centre) !== side) return '';
      const [x, y] = centre;
      const outwards = RADIUS + NAME_AWAY / (Math.hypot(x, y) || 1);
      const place = `x="${(x * outwards).toFixed(1)}" y="${(-y * outwards + 5).toFixed(1)}"`;
      return `<text ${place} text-anchor="middle" font-weight="700" opacity="${side === 'near' ? 1 : 0.5}" stroke="#fff" stroke-width="3.5" paint-order="stroke">${digit}</text>`;
    })
    .join('');
}
