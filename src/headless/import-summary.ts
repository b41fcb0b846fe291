/** An import as lines for the terminal: how the people are named, and which files were skipped and why. */
import type { RejectedFile } from '../domain/faces.ts';
import { describeSource, type LabelChoice } from '../domain/labels.ts';
import { describeReason, REASON_TITLES } from '../domain/reject-reason.ts';

const NAMES = 3;

/** How the people are named where that was a choice, and what else it could have been; null where it was none. */
export function labelText(choices: readonly LabelChoice[]): string | null {
  const [chosen, ...others] = choices;
  if (!chosen || others.length === 0) return null;
  const levels = others.flatMap(({ source, identities }) =>
    source.kind === 'folder' && identities > 1 ? [`${identities} with --person-level ${source.level}`] : [],
  );
  const or = levels.length === 0 ? '' : ` It would be ${levels.join(', ')}.`;
  return `${count(chosen.identities, 'person', 'people')}, ${describeSource(chosen.source)}.${or}`;
}

/** One line for each reason, the most frequent first: how many files, and the first of them. */
export function skippedText(what: string, rejected: readonly RejectedFile[]): string {
  const byKind = new Map<string, RejectedFile[]>();
  for (const file of rejected) {
    const known = byKind.get(file.reason.kind);
    if (known) known.push(file);
    else byKind.set(file.reason.kind, [file]);
  }
  const groups = [...byKind.values()].sort((a, b) => b.length - a.length);
  return [`${what}: ${count(rejected.length, 'file was', 'files were')} skipped.`, ...groups.map(line)].join(
    '\n',
  );
}

function line(files: readonly RejectedFile[]): string {
  const first = files[0];
  if (!first) return '';
  const sentence = describeReason(first.reason);
  const same = files.every(({ reason }) => describeReason(reason) === sentence);
  const names = files
    .slice(0, NAMES)
    .map(({ path, reason }) => (same ? path : `${path} (${describeReason(reason)})`));
  const more = files.length > NAMES ? ` and ${files.length - NAMES} more` : '';
  return `  ${files.length} × ${same ? sentence : `${REASON_TITLES[first.reason.kind]}:`} ${names.join(', ')}${more}`;
}

const count = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;
