import { type ReactNode, useContext } from 'react';
import { present } from '../../lib/assert.ts';
import { ScreenContext, type ScreenId, useShown } from './screens.ts';

interface Props {
  readonly title: string;
  /** One sentence below the title. */
  readonly lead?: ReactNode | undefined;
  /** Beside the title: the next step. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** The id of a screen's heading, which takes the focus when the screen is shown. */
export const headingOf = (id: ScreenId): string => `title-${id}`;

/** The screen of the {@link ScreenContext}. It stays mounted while another is shown, so that nothing on it is lost. */
export function Screen({ title, lead, actions, children }: Props) {
  const id = present(useContext(ScreenContext), 'the screen');
  return (
    <section className="screen" id={`screen-${id}`} hidden={!useShown()} aria-labelledby={headingOf(id)}>
      <div className="screen-head">
        <div className="screen-title">
          <h1 id={headingOf(id)} tabIndex={-1}>
            {title}
          </h1>
          {lead !== undefined && <p className="lead">{lead}</p>}
        </div>
        {actions}
      </div>
      {children}
    </section>
  );
}
