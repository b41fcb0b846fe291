import { useEffect, useRef, useState } from 'react';

const BETWEEN_DRAWS = 400;

/** The value, but at most every 400 ms: charts need not redraw as often as numbers. The last value always comes. */
export function useCalm<T>(value: T): T {
  const [calm, setCalm] = useState(value);
  const drawn = useRef(0);
  useEffect(() => {
    const wait = Math.max(0, drawn.current + BETWEEN_DRAWS - performance.now());
    const timer = setTimeout(() => {
      drawn.current = performance.now();
      setCalm(() => value);
    }, wait);
    return () => clearTimeout(timer);
  }, [value]);
  return calm;
}
