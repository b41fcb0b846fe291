import { useEffect, useRef, useState } from 'react';

export const STEPS = [
  { id: 'data', label: 'Data' },
  { id: 'train', label: 'Train' },
  { id: 'download', label: 'Download' },
] as const;

export type StepId = (typeof STEPS)[number]['id'];

const sectionOf = (id: StepId): HTMLElement | null => document.getElementById(`step-${id}`);

/** Which step is at the top of the window, and a function that scrolls to another one. */
export function useStep(): { readonly step: StepId; readonly go: (id: StepId) => void } {
  const [step, setStep] = useState<StepId>('data');
  /** Until then a jump is scrolling, and the steps that it passes do not become the current one. */
  const jumpEnds = useRef(0);

  useEffect(() => {
    let frame = 0;
    const update = (): void => {
      frame = 0;
      if (performance.now() < jumpEnds.current) return;
      const line = window.innerHeight * 0.35;
      const atEnd = window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 2;
      const passed = STEPS.filter(
        ({ id }) => (sectionOf(id)?.getBoundingClientRect().top ?? Infinity) <= line,
      );
      const current = atEnd && window.scrollY > 0 ? STEPS.at(-1) : passed.at(-1);
      if (current) setStep(current.id);
    };
    const onScroll = (): void => {
      if (frame === 0) frame = requestAnimationFrame(update);
    };
    window.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      window.removeEventListener('scroll', onScroll);
      cancelAnimationFrame(frame);
    };
  }, []);

  const go = (id: StepId): void => {
    setStep(id);
    jumpEnds.current = performance.now() + 400;
    sectionOf(id)?.scrollIntoView({ block: 'start' });
  };
  return { step, go };
}
