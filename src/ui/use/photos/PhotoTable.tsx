import { Button } from '@mantine/core';
import { useState } from 'react';
import { angleOfCosine } from '../../../domain/angle.ts';
import { NO_FACE, namesOf } from '../../../state/use/naming.ts';
import { type PhotoRow, showPhoto } from '../../../state/use/photo-store.ts';
import { count } from '../../common/format.ts';

/** Rows that are shown before more are asked for. */
const STEP = 50;

interface Props {
  readonly rows: readonly PhotoRow[];
  readonly shown: number | null;
  /** Cosine. */
  readonly threshold: number;
}

const angle = (cosine: number): string => `${angleOfCosine(cosine).toFixed(1)}°`;

/** Cells of a photo: faces, names, angles. */
function cellsOf({ result }: PhotoRow, threshold: number): readonly [string, string, string] {
  if (result === null) return ['', '…', ''];
  if (result.kind === 'failed') return ['', result.problem.what, ''];
  const { faces } = result.photo;
  if (faces.length === 0) return ['0', NO_FACE, ''];
  const angles = faces.map(({ best }) => (best ? angle(best.cosine) : '—'));
  return [String(faces.length), namesOf(result.photo, threshold).join(', '), angles.join(', ')];
}

/** Who is on which photo; a photo that is chosen is shown above. */
export function PhotoTable({ rows, shown, threshold }: Props) {
  const [most, setMost] = useState(STEP);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
    <section className="scroll-x use-table" aria-label="All photos" tabIndex={0}>
      <table className="numbers" data-testid="use-table">
        <thead>
          <tr>
            <th scope="col">Photo</th>
            <th scope="col">Faces</th>
            <th scope="col">Names</th>
            <th scope="col">Angle</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, most).map((row) => {
            const [faces, names, angles] = cellsOf(row, threshold);
            return (
              <tr key={row.key} data-shown={row.key === shown || undefined}>
                <th scope="row">
                  <button
                    type="button"
                    className="use-row"
                    aria-pressed={row.key === shown}
                    onClick={() => showPhoto(row.key)}
                  >
                    {row.path}
                  </button>
                </th>
                <td>{faces}</td>
                <td>{names}</td>
                <td>{angles}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {rows.length > most && (
        <Button size="xs" variant="default" onClick={() => setMost((now) => now + 10 * STEP)}>
          Show more ({count(rows.length - most)} left)
        </Button>
      )}
    </section>
  );
}
