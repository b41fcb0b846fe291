import { DamagedError } from './pnm.ts';

/**
 * Takes the place of heic.ts in an exported page, which goes without the 2 MB of libheif: Safari, where such photos come
 * from, decodes them by itself.
 *
 * @throws DamagedError always
 */
export async function readHeic(_bytes: Uint8Array<ArrayBuffer>): Promise<ImageData> {
  throw new DamagedError('this browser cannot decode it; save it as JPEG');
}
