import type { RecognisedPhoto } from '../../protocol/recognise.ts';

interface Props {
  readonly photo: RecognisedPhoto;
  /** The name of each face, and whether it is somebody known. */
  readonly names: readonly { readonly name: string; readonly known: boolean }[];
  /** The face that is pointed out. */
  readonly active?: number | null;
  /** Whether the picture below is shown as in a mirror. */
  readonly mirrored?: boolean;
}

/** Where a box lies between the left and the right edge of the picture, 0 to 1: its label lies there along the box, and so inside. */
function along(left: number, box: number, width: number): number {
  const room = width - box;
  return room > 0 ? Math.min(1, Math.max(0, left / room)) : 0.5;
}

const share = (part: number, of: number): string => `${((100 * part) / of).toFixed(3)}%`;

/** Boxes and names over a picture. The same is written beside it: screen readers skip these. */
export function Boxes({ photo: { width, height, faces }, names, active = null, mirrored = false }: Props) {
  return (
    <div className="use-boxes" aria-hidden="true">
      {faces.map(({ box }, index) => {
        const left = mirrored ? width - box.x - box.width : box.x;
        const { name = '', known = false } = names[index] ?? {};
        return (
          <div
            // biome-ignore lint/suspicious/noArrayIndexKey: faces have nothing else that names them
            key={index}
            className="use-box"
            data-known={known}
            data-active={active === index || undefined}
            data-low={box.y < 0.09 * height || undefined}
            style={{
              left: share(left, width),
              top: share(box.y, height),
              width: share(box.width, width),
              height: share(box.height, height),
            }}
          >
            <span
              style={{
                left: share(along(left, box.width, width), 1),
                transform: `translateX(${share(-along(left, box.width, width), 1)})`,
              }}
            >
              {name}
            </span>
          </div>
        );
      })}
    </div>
  );
}
