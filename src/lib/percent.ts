/** A share of 1 as a person reads it: 0.957 is `95.7 %`. */
export const percent = (share: number, digits = 1): string => `${(100 * share).toFixed(digits)} %`;
