/** The angle whose cosine this is, in degrees. */
export const angleOfCosine = (cosine: number): number =>
  (Math.acos(Math.max(-1, Math.min(1, cosine))) * 180) / Math.PI;
