/** `keras-3`: as Keras 3 writes it; `keras-2`: as Keras 2 does, which Keras 3 reads too. */
export type Dialect = 'keras-2' | 'keras-3';
export type Json = Readonly<Record<string, unknown>>;
