import { useEffect, useRef, useState } from 'react';
import { useShown } from './screens.ts';

const INTERVAL_MS = 400;

/**
 * The value, throttled to one change every 400 ms, for charts; it stands still while its screen is hidden. The last
 * value is never lost.
 */
export function useThrottled<T>(value: T): T {
  const [throttled, setThrottled] = useState(value);
  const latest = useRef(value);
  const drawn = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const shown = useShown();
  latest.current = value;
  useEffect(() => {
    // A pending timer is kept and reads the newest value when it fires: restarting it for every value would
    // postpone it for ever where values come faster than that.
    if (!shown || timer.current !== null || Object.is(value, throttled)) return;
    const wait = Math.max(0, drawn.current + INTERVAL_MS - performance.now());
    timer.current = setTimeout(() => {
      timer.current = null;
      drawn.current = performance.now();
      setThrottled(() => latest.current);
    }, wait);
  }, [value, throttled, shown]);
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
      timer.current = null;
    },
    [],
  );
  return throttled;
}
