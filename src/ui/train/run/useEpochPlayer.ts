import { useReducedMotion } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';

const FRAME_MS = 260;

export interface EpochPlayer {
  /** Index of the epoch shown. */
  readonly index: number;
  readonly playing: boolean;
  toggle(): void;
  show(index: number): void;
}

/**
 * Shows the newest of a growing number of epochs, or plays them from the first to the last. Plays once by itself when `replay`
 * becomes true, unless the person prefers no motion; not where it was true from the beginning.
 */
export function useEpochPlayer(epochs: number, replay: boolean): EpochPlayer {
  /** Null follows the newest. */
  const [at, setAt] = useState<number | null>(null);
  const [playing, setPlaying] = useState(false);
  const still = useReducedMotion(false, { getInitialValueInEffect: false });
  const replayed = useRef(replay);
  const newest = Math.max(0, epochs - 1);
  const index = Math.min(at ?? newest, newest);

  useEffect(() => {
    if (!replay) {
      replayed.current = false;
      setAt(null);
      setPlaying(false);
    } else if (!replayed.current && !still && newest > 0) {
      replayed.current = true;
      setAt(0);
      setPlaying(true);
    }
  }, [replay, still, newest]);

  useEffect(() => {
    if (!playing) return;
    if (index >= newest) {
      setPlaying(false);
      setAt(null);
      return;
    }
    const timer = setTimeout(() => setAt(index + 1), FRAME_MS);
    return () => clearTimeout(timer);
  }, [playing, index, newest]);

  return {
    index,
    playing,
    toggle: () => {
      if (!playing && index >= newest) setAt(0);
      setPlaying(!playing);
    },
    show: (wanted) => {
      setPlaying(false);
      setAt(wanted >= newest ? null : wanted);
    },
  };
}
