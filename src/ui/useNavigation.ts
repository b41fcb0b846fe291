import { useEffect, useLayoutEffect, useRef } from 'react';
import { headingOf } from './common/Screen.tsx';
import { type ScreenId, useScreen } from './common/screens.ts';
import { SCREEN_NAMES } from './Navigation.tsx';

/**
 * What a browser does between pages and not between screens: the title of the window, the focus on the heading of the
 * screen that was gone to, and every screen's own place of scrolling.
 */
export function useNavigation(): void {
  const screen = useScreen();
  const before = useRef(screen);
  const scrolled = useRef(new Map<ScreenId, number>());

  useEffect(() => {
    // The browser would restore the place of one screen on another.
    const { scrollRestoration } = window.history;
    window.history.scrollRestoration = 'manual';
    return () => {
      window.history.scrollRestoration = scrollRestoration;
    };
  }, []);

  useEffect(() => {
    const remember = (): void => void scrolled.current.set(screen, window.scrollY);
    window.addEventListener('scroll', remember, { passive: true });
    return () => window.removeEventListener('scroll', remember);
  }, [screen]);

  useLayoutEffect(() => {
    document.title = `${SCREEN_NAMES[screen]} – ArcFace Studio`;
    if (before.current === screen) return;
    before.current = screen;
    window.scrollTo(0, scrolled.current.get(screen) ?? 0);
    document.getElementById(headingOf(screen))?.focus({ preventScroll: true });
  }, [screen]);
}
