import { useEffect } from 'react';

const FOCUSABLE =
  ':is(a[href], button, input, select, textarea, summary, [tabindex]):not([tabindex="-1"]), h1[tabindex]';
/** Dialogs give the focus back a moment after they close; only what they leave lost is kept here. */
const PATIENCE_MS = 60;

/**
 * Keeps the focus of the keyboard where it was when the button that had it goes away or is disabled: on what follows in
 * the nearest part of the page that is left, else on what comes before, else on the heading of the screen. Without it the
 * next Tab would begin at the top of the page.
 */
export function useFocusKeeper(): void {
  useEffect(() => {
    let last: Element | null = null;
    /** The parents of `last`, which are not known any more once it is gone, and what stood beside them. */
    let places: { readonly parent: Element; readonly next: Element | null }[] = [];
    let timer = 0;

    const onFocus = ({ target }: FocusEvent): void => {
      if (!(target instanceof Element)) return;
      last = target;
      places = [];
      for (let at = target; at.parentElement && at.parentElement !== document.body; at = at.parentElement) {
        places.push({ parent: at.parentElement, next: at.nextElementSibling });
      }
    };
    const check = (): void => {
      const lost = last;
      if (!lost || document.activeElement !== document.body || canHaveFocus(lost)) return;
      for (const { parent, next } of places) {
        if (!parent.isConnected) continue;
        const inside = [...parent.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(canHaveFocus);
        const after = next?.isConnected
          ? inside.find((one) => one === next || !!(next.compareDocumentPosition(one) & AFTER_OR_INSIDE))
          : undefined;
        const found = after ?? inside.at(-1);
        if (found) {
          found.focus({ preventScroll: true });
          return;
        }
      }
    };
    const later = (): void => {
      window.clearTimeout(timer);
      if (last && document.activeElement === document.body && !canHaveFocus(last)) {
        timer = window.setTimeout(check, PATIENCE_MS);
      }
    };
    const watch = new MutationObserver(later);
    watch.observe(document.body, {
      childList: true,
      subtree: true,
      attributes: true,
      attributeFilter: ['disabled', 'hidden'],
    });
    document.addEventListener('focusin', onFocus);
    return () => {
      window.clearTimeout(timer);
      watch.disconnect();
      document.removeEventListener('focusin', onFocus);
    };
  }, []);
}

const AFTER_OR_INSIDE = Node.DOCUMENT_POSITION_FOLLOWING | Node.DOCUMENT_POSITION_CONTAINED_BY;

const canHaveFocus = (element: Element): boolean =>
  element.isConnected && !element.matches(':disabled') && element.checkVisibility();
