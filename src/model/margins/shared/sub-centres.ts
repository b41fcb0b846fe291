import * as tf from '@tensorflow/tfjs-core';

/**
 * Sub-center ArcFace (Deng et al., ECCV 2020, "Sub-center ArcFace", equation 3): every class has several centres, and
 * the cosine to the class is that to the nearest of them, so that photos that do not belong to a person can gather
 * around another centre.
 *
 * @param cosines [B, K * S] to all centres; those of class k are k S ... k S + S - 1
 * @param subCentres S
 * @returns [B, K]
 */
export function nearestSubCentre(cosines: tf.Tensor2D, subCentres: number): tf.Tensor2D {
  if (subCentres === 1) return cosines;
  const [rows, centres] = cosines.shape;
  return tf.max(tf.reshape(cosines, [rows, centres / subCentres, subCentres]), 2);
}
