import { dispatch } from './generated/dispatch';
import { GRAIN, KIND, NEXT, TOTAL } from './generated/layout';

/** Takes work items of the present launch until none is left: what every thread does, the calling one included. */
export function run(): void {
  const kind = load<i32>(KIND);
  const total = load<i32>(TOTAL);
  const grain = load<i32>(GRAIN);
  for (;;) {
    const begin = atomic.add<i32>(NEXT, grain);
    if (begin >= total) return;
    dispatch(kind, begin, min(total, begin + grain));
  }
}

/** Polls a word until it is no longer `value`, at most `times` times: quicker than a wait. */
export function changed(address: usize, value: i32, times: i32): bool {
  for (let i = 0; i < times; i++) {
    if (atomic.load<i32>(address) != value) return true;
  }
  return false;
}

/** Polls a word until it is 0, at most `times` times. */
export function settled(address: usize, times: i32): bool {
  for (let i = 0; i < times; i++) {
    if (atomic.load<i32>(address) == 0) return true;
  }
  return false;
}
