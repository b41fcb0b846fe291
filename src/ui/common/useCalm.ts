import { useEffect, useRef, useState } from 'react';

const BETWEEN_DRAWS = 400;

/** The value, but at most every 400 ms: charts need not redraw as often as numbers. The last value always comes. */
export function useCalm<T>(value: T): T {
  const [calm, setCalm] = useState(value);
  const latest = useRef(value);
  const drawn = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  latest.current = value;
  useEffect(() => {
    // A timer that is set stays set, and takes the value of its time: were it set anew for every value, values
    // that come faster than timers fire would hold it back for ever.
    if (timer.current !== null || Object.is(value, calm)) return;
    const wait = Math.max(0, drawn.current + BETWEEN_DRAWS - performance.now());
    timer.current = setTimeout(() => {
      timer.current = null;
      drawn.current = performance.now();
      setCalm(() => latest.current);
    }, wait);
  }, [value, calm]);
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
      timer.current = null;
    },
    [],
  );
  return calm;
}
