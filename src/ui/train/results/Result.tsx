import { Button } from '@mantine/core';
import { Download, RotateCcw } from 'lucide-react';
import { useLayoutEffect, useRef } from 'react';
import { applyRecommendation } from '../../../state/run/run-actions.ts';
import type { Run } from '../../../state/run/run-store.ts';
import { phasesOf } from '../../../state/run/timing.ts';
import { type Verdict, verdictOf } from '../../../state/run/verdict.ts';
import { duration } from '../../common/format.ts';
import { addressOf, useShown } from '../../common/screens.ts';
import { PRESET_NAMES } from '../names.ts';
import { useRecommendation } from '../useRecommendation.ts';

/** What an ended run was worth, what it took, and what to do next. */
export function Result({ run, onAgain }: { run: Run; onAgain: () => void }) {
  const verdict = verdictOf(run);
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useShown();
  // The controls of the run, which may have had the focus, are gone by now.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the run ends
  useLayoutEffect(() => {
    const { activeElement } = document;
    if (shown && (activeElement === null || activeElement === document.body)) {
      heading.current?.focus({ preventScroll: true });
    }
  }, []);
  if (!verdict) return null;
  return (
    <div className="result">
      <h2 className="verdict" data-testid="verdict" data-kind={verdict.kind} ref={heading} tabIndex={-1}>
        {unbroken(verdict.sentence)}
      </h2>
      {verdict.more && <p className="result-more">{verdict.more}</p>}
      <Took run={run} />
      <Next run={run} verdict={verdict} onAgain={onAgain} />
    </div>
  );
}

/** Numbers and their unit on one line. */
const unbroken = (text: string): string => text.replaceAll(' %', '\u00a0%');

/** Where the time went, from the press on Start. */
function Took({ run }: { run: Run }) {
  const { preparing, training, evaluation, paused, total } = phasesOf(run, 0);
  const parts = [
    { name: run.report ? 'preparing' : 'in all', seconds: preparing, kind: 'preparing' },
    { name: 'training', seconds: training, kind: 'training' },
    { name: 'evaluation', seconds: evaluation, kind: 'evaluation' },
    { name: 'paused', seconds: paused, kind: 'paused' },
  ].filter(({ seconds, kind }) => seconds > 0 || (run.report && kind !== 'paused'));
  return (
    <div className="took" data-testid="run-took">
      <p className="quiet small">
        {duration(total)} from Start to result
        {run.report && `: ${parts.map(({ name, seconds }) => `${name} ${duration(seconds)}`).join(', ')}`}.
      </p>
      <div className="took-bar" aria-hidden="true">
        {parts.map(({ kind, seconds }) => (
          <span key={kind} data-kind={kind} style={{ flexGrow: seconds }} />
        ))}
      </div>
    </div>
  );
}

/** The next step: download the model, or what is recommended instead. */
function Next({ run, verdict, onAgain }: { run: Run; verdict: Verdict; onAgain: () => void }) {
  const recommendation = useRecommendation();
  const other = recommendation && recommendation.preset !== run.config.preset ? recommendation : null;
  const usable = run.report !== null;
  return (
    <div className="next">
      {usable && (
        <Button
          component="a"
          href={addressOf('export')}
          data-testid="go-export"
          variant={other ? 'default' : 'filled'}
          leftSection={<Download size={16} aria-hidden="true" />}
        >
          Export the model
        </Button>
      )}
      {other && verdict.kind !== 'no-result' ? (
        <>
          <Button
            data-testid="try-recommended"
            variant="filled"
            onClick={() => {
              applyRecommendation(other);
              onAgain();
            }}
          >
            Try {PRESET_NAMES[other.preset]}
          </Button>
          <p className="quiet small">{other.why}</p>
        </>
      ) : (
        <Button
          variant={usable ? 'default' : 'filled'}
          leftSection={<RotateCcw size={16} aria-hidden="true" />}
          onClick={onAgain}
        >
          Another run
        </Button>
      )}
    </div>
  );
}
