/// <reference path="./libheif.d.ts" />
import { DamagedError } from './pnm.ts';

/**
 * Decodes the first picture of a HEIC file with libheif (rotation and mirroring of the file are applied by it).
 * Its 2 MB are loaded when the first such file is met.
 *
 * @throws DamagedError when libheif cannot make a picture of the bytes.
 */
export async function readHeic(bytes: Uint8Array<ArrayBuffer>): Promise<ImageData> {
  const libheif = await load();
  const images = new libheif.HeifDecoder().decode(bytes);
  try {
    const first = images[0];
    if (!first) throw new DamagedError('no picture in it can be read');
    const target = new ImageData(first.get_width(), first.get_height());
    return await new Promise<ImageData>((resolve, reject) => {
      first.display(target, (drawn) => {
        if (drawn) resolve(drawn);
        else reject(new DamagedError('its picture cannot be decoded'));
      });
    });
  } finally {
    for (const image of images) image.free();
  }
}

let loading: Promise<LibHeif> | null = null;
type LibHeif = ReturnType<typeof import('libheif-js/libheif-wasm/libheif-bundle.mjs')['default']>;

function load(): Promise<LibHeif> {
  loading ??= import('libheif-js/libheif-wasm/libheif-bundle.mjs').then(async (module) => {
    const started = module.default();
    await started.ready;
    return started;
  });
  return loading;
}
