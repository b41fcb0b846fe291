/** Share of the pairs of strangers decided rightly from which on a network is called good enough. */
export const GOOD_ENOUGH = 0.95;

/** From this many people on, some are kept out of training to verify on. */
export const PEOPLE_TO_HOLD_OUT = 8;
