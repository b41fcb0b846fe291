/** Verification accuracy from which on a network is good enough. */
export const GOOD_ENOUGH = 0.95;

/** From this many people on, some are held out for verification. */
export const PEOPLE_TO_HOLD_OUT = 8;

/** A gain in verification accuracy up to this is within chance, however many pairs there are. */
export const LEAST_GAIN = 0.005;

/**
 * Largest difference of two verification accuracies on the same pairs that is still within chance: twice the standard error
 * sqrt(p (1 - p) / n) of an accuracy p over n decisions. n is the number of genuine pairs: pairs share photos, so that
 * counting all of them would claim too small an error.
 */
export const withinChance = (accuracy: number, genuinePairs: number): number =>
  2 * Math.sqrt((accuracy * (1 - accuracy)) / Math.max(1, genuinePairs));
