import type { ExportFormatInfo } from '../domain/export/export-format.ts';
import { ProblemError } from '../lib/problem.ts';
import type { ExportFormat } from './formats/format.ts';
import * as all from './formats/index.ts';

// A module's exports come sorted by name.
const { tfjs, tfjsWithHead, ...others } = all;

/** Every format, in the order of the page: the one that this program itself reads, then the others by name. */
export const exportFormats: readonly ExportFormat[] = [tfjs, ...Object.values<ExportFormat>(others)];

/**
 * @param withHead with the ArcFace head
 * @throws ProblemError for an unknown one, or one that has no head
 */
export function formatOf(id: string, withHead = false): ExportFormat {
  const found = exportFormats.find((format) => format.id === id);
  if (found) {
    if (!withHead) return found;
    if (found === tfjs) return tfjsWithHead;
    throw new ProblemError(
      `A download for ${found.label} cannot have the ArcFace head.`,
      `Only that for ${tfjs.label} can.`,
    );
  }
  const known = exportFormats.map((format) => format.id).join(', ');
  throw new ProblemError(`There is no export format "${id.slice(0, 40)}".`, `Choose one of: ${known}.`);
}

/** What the page shows of them. */
export const formatInfos = (): ExportFormatInfo[] =>
  exportFormats.map(({ id, label, contents, withHead }) => ({
    id,
    label,
    contents,
    ...(withHead && { withHead }),
  }));
