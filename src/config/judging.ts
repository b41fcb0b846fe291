/** Verification accuracy from which on a network is good enough. */
export const GOOD_ENOUGH = 0.95;

/** From this many people on, some are held out for verification. */
export const PEOPLE_TO_HOLD_OUT = 8;
