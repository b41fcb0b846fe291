import type { ReactNode } from 'react';

interface Props {
  readonly title: string;
  /** Shown after the title, e.g. buttons. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
}

/** A box with a title. */
export function Panel({ title, actions, children, className = '' }: Props) {
  return (
    <section className={`panel ${className}`} aria-label={title}>
      <header className="panel-head">
        <h3>{title}</h3>
        {actions}
      </header>
      {children}
    </section>
  );
}
