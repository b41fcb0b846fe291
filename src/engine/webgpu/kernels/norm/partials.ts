/**
 * Rows of a tile of partial statistics. What is computed along with a convolution for the norm behind it is a tensor
 * [T, 2, C]: of tile t, the rows from t * PARTIAL_ROWS on of x seen as [N, C], [t, 0, c] is the sum of the rows and
 * [t, 1, c] the sum of the squared deviations from the tile's own mean. In this form variances of 32-bit numbers keep their
 * digits where the mean is large (Chan, Golub & LeVeque 1983, equations 2.1).
 */
export const PARTIAL_ROWS = 64;
