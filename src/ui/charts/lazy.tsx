import {
  type ComponentType,
  type LazyExoticComponent,
  lazy,
  type ReactNode,
  Suspense,
  useCallback,
  useEffect,
  useRef,
  useState,
} from 'react';

/*
 * The charts, and the library that draws them, are not part of the first load of the page.
 */
const loadAngles = () => import('./angles.tsx');
const loadCompare = () => import('./compare.tsx');
const loadCurves = () => import('./curves.tsx');
const loadRoc = () => import('./roc.tsx');
const loadRateSearch = () => import('./lr-range-test.tsx');

const named = <P extends object>(
  load: () => Promise<ComponentType<P>>,
): LazyExoticComponent<ComponentType<P>> => lazy(async () => ({ default: await load() }));

export const AnglesChart = named(async () => (await loadAngles()).AnglesChart);
export const MeanAnglesChart = named(async () => (await loadAngles()).MeanAnglesChart);
export const CompareCharts = named(async () => (await loadCompare()).CompareCharts);
export const LossChart = named(async () => (await loadCurves()).LossChart);
export const AccuracyChart = named(async () => (await loadCurves()).AccuracyChart);
export const RateChart = named(async () => (await loadCurves()).RateChart);
export const RocChart = named(async () => (await loadRoc()).RocChart);
export const RateSearchChart = named(async () => (await loadRateSearch()).RateSearchChart);

/** Loads the charts of a run before they are needed. A failure is reported where a chart is drawn. */
export function preloadCharts(): void {
  Promise.all([loadCurves(), loadAngles(), loadRoc()]).catch(() => {});
}

/** Milliseconds between the first drawings of two charts: time for the page to answer to a person. */
const APART_MS = 60;
let turn: Promise<void> = Promise.resolve();

/** Whether it is this component's turn, and the function that ends the turn. */
function useTurn(): readonly [boolean, () => void] {
  const [mine, setMine] = useState(false);
  const end = useRef(() => {});
  useEffect(() => {
    let gone = false;
    turn = turn.then(() => {
      if (gone) return;
      return new Promise((resolve) => {
        end.current = () => {
          setTimeout(resolve, APART_MS);
        };
        setMine(true);
      });
    });
    return () => {
      gone = true;
      end.current();
    };
  }, []);
  return [mine, useCallback(() => end.current(), [])];
}

const SPACE = <div className="chart-space" />;

/** Tells when what stands beside it inside a `Suspense` is on the page. */
function Drawn({ onDrawn }: { onDrawn: () => void }) {
  useEffect(() => {
    onDrawn();
  }, [onDrawn]);
  return null;
}

/**
 * A chart, with its place kept until it is there. Charts are drawn for the first time one after the other: several at once would
 * block the page for a third of a second.
 */
export function InTurn({ children }: { children: ReactNode }) {
  const [mine, end] = useTurn();
  if (!mine) return SPACE;
  return (
    <Suspense fallback={SPACE}>
      {children}
      <Drawn onDrawn={end} />
    </Suspense>
  );
}
