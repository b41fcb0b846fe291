import type { Manifest } from '../manifest.ts';

/** A Python module and program that compares two photos, and that checks itself with the manifest's picture. */
export function pythonSnippet(manifest: Manifest, file: string): string {
  const { preprocessing, threshold } = manifest;
  const { alignedSize, inputSize, channels } = preprocessing;
  const resized =
    inputSize === alignedSize
      ? 'face'
      : `face.resize((${inputSize}, ${inputSize}), Image.${inputSize < alignedSize ? 'BOX' : 'BILINEAR'})`;
  const grey =
    channels === 'RGB' ? '' : '\n    pixels = pixels @ np.float32([[0.299], [0.587], [0.114]])  # luminance';
  const verdict =
    threshold === null
      ? 'print(f"{degrees:.1f} degrees")'
      : 'print(f"{degrees:.1f} degrees:", "the same person" if degrees <= LIMIT else "different people")';
  const limit = threshold === null ? '' : '\nLIMIT = MANIFEST["threshold"]["angleDegrees"]';
  return `import json
import sys

import keras
import numpy as np
from PIL import Image

with open("manifest.json", encoding="utf-8") as file:
    MANIFEST = json.load(file)
POINTS = MANIFEST["alignment"]["points"]
TEMPLATE = np.array([POINTS[k] for k in ("leftEye", "rightEye", "nose", "leftMouthCorner", "rightMouthCorner")])
MEAN = np.float32(MANIFEST["preprocessing"]["mean"])
DIVISOR = np.float32(MANIFEST["preprocessing"]["divisor"])${limit}
model = keras.models.load_model("${file}", compile=False)


def align(photo, points):
    """The ${alignedSize} x ${alignedSize} face of a PIL picture; points: left eye, right eye, nose, corners of the mouth, in pixels."""
    points = np.asarray(points, dtype=float)
    at, to = points.mean(0), TEMPLATE.mean(0)
    (x, y), (u, v) = (points - at).T, (TEMPLATE - to).T
    size = (x**2 + y**2).sum()
    a, b = (x * u + y * v).sum() / size, (x * v - y * u).sum() / size  # from the photo to the face
    a, b = a / (a * a + b * b), b / (a * a + b * b)  # and back
    matrix = (a, b, at[0] - a * to[0] - b * to[1], -b, a, at[1] + b * to[0] - a * to[1])
    return photo.convert("RGB").transform((${alignedSize}, ${alignedSize}), Image.AFFINE, matrix, Image.BILINEAR)


def scaled(pixels):
    """Bytes [S, S, 3] as the network takes them: [1, S, S, ${channels === 'RGB' ? 3 : 1}]."""
    pixels = np.asarray(pixels, dtype=np.float32)${grey}
    return ((pixels - MEAN) / DIVISOR)[None]


def embed(face):
    """The embedding, of length 1, of an aligned face."""
    pixels = scaled(${resized})
    both = np.concatenate([pixels, pixels[:, :, ::-1]])  # and its mirror image
    total = np.asarray(model.predict(both, verbose=0)).sum(0)
    return total / np.linalg.norm(total)


def check():
    """Largest difference from what the network gave when it was downloaded, as a share of the largest number."""
    y, x, c = np.ogrid[:${inputSize}, :${inputSize}, :3]
    expected = np.array(MANIFEST["selfTest"]["embedding"])
    got = np.asarray(model.predict(scaled((7 * y + 13 * x + 29 * c) % 256), verbose=0))[0]
    return np.abs(got - expected).max() / np.abs(expected).max()


if __name__ == "__main__":
    assert check() < 1e-3, "the network does not compute what it did"
    one, two = (embed(Image.open(name).convert("RGB")) for name in sys.argv[1:3])
    degrees = np.degrees(np.arccos(np.clip(one @ two, -1, 1)))
    ${verdict}`;
}
