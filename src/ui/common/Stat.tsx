import type { ReactNode } from 'react';

interface Props {
  readonly label: string;
  readonly value: ReactNode;
  /** A quieter second line. */
  readonly note?: ReactNode;
  readonly testId?: string;
}

/** A value with its label. */
export function Stat({ label, value, note, testId }: Props) {
  return (
    <div className="stat">
      <span className="stat-label">{label}</span>
      <span className="stat-value" data-testid={testId}>
        {value}
      </span>
      {note !== undefined && <span className="stat-note">{note}</span>}
    </div>
  );
}
