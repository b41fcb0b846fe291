import type { StepPoint } from '../../domain/training-report.ts';

/**
 * The history of a run at a bounded size: every point stands for `stride` steps (means of loss and accuracy).
 * When the list is full, neighbours are joined and the stride doubles, so that a run of a million steps
 * costs as much to keep and to draw as one of a thousand.
 */
export interface Series {
  readonly stride: number;
  readonly points: readonly StepPoint[];
  /** Points of the stride that is not full yet. */
  readonly open: readonly StepPoint[];
}

export const MOST_POINTS = 400;

export const EMPTY_SERIES: Series = { stride: 1, points: [], open: [] };

/** One point for several: means of loss and accuracy, step and learning rate of the last. */
function join(points: readonly StepPoint[]): StepPoint | null {
  const last = points.at(-1);
  if (!last) return null;
  let loss = 0;
  let accuracy = 0;
  for (const point of points) {
    loss += point.loss;
    accuracy += point.accuracy;
  }
  return { ...last, loss: loss / points.length, accuracy: accuracy / points.length };
}

function halve(points: readonly StepPoint[]): StepPoint[] {
  const halved: StepPoint[] = [];
  for (let i = 0; i < points.length; i += 2) {
    const joined = join(points.slice(i, i + 2));
    if (joined) halved.push(joined);
  }
  return halved;
}

/** The series with more points; amortised constant cost for a point. */
export function extend(series: Series, added: readonly StepPoint[]): Series {
  let { stride } = series;
  let points = [...series.points];
  let open = [...series.open];
  for (const point of added) {
    open.push(point);
    if (open.length < stride) continue;
    const joined = join(open);
    open = [];
    if (joined) points.push(joined);
    if (points.length < MOST_POINTS) continue;
    points = halve(points);
    stride *= 2;
  }
  return { stride, points, open };
}

/** The series without what came after a step. */
export function upTo({ stride, points, open }: Series, step: number): Series {
  const before = (all: readonly StepPoint[]): StepPoint[] => all.filter((point) => point.step <= step);
  return { stride, points: before(points), open: before(open) };
}

/** About `most` of the items, evenly spread, always with the first, the last and those that `keep` selects. */
export function thin<T>(items: readonly T[], most: number, keep: (item: T) => boolean): readonly T[] {
  if (items.length <= most) return items;
  const every = Math.ceil(items.length / (most / 2));
  return items.filter((item, index) => index % every === 0 || index === items.length - 1 || keep(item));
}
