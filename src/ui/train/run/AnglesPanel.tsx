import { ActionIcon, Slider } from '@mantine/core';
import { Pause, Play } from 'lucide-react';
import { useMemo } from 'react';
import type { Run } from '../../../state/run/run-store.ts';
import { AnglesChart, InTurn } from '../../charts/lazy.tsx';
import { Panel } from '../../common/Panel.tsx';
import { useEpochPlayer } from './useEpochPlayer.ts';

/** Runs of fewer seconds of training than this are replayed when they end: they were too fast to be seen. */
const TOO_FAST = 15;

/** Angles of the photos to the centre of the correct class and of the nearest other class, at every kept epoch. */
export function AnglesPanel({ run }: { run: Run }) {
  const { epochs, report } = run;
  const player = useEpochPlayer(epochs.length, report !== null && report.seconds.train < TOO_FAST);
  const histograms = useMemo(() => epochs.map(({ angles }) => angles), [epochs]);
  const shown = epochs[player.index];
  const last = epochs.length - 1;
  return (
    <Panel title="Angle to class centre" className="angles">
      <div data-testid="chart-angles">
        {shown ? (
          <InTurn>
            <AnglesChart angles={shown.angles} all={histograms} />
          </InTurn>
        ) : (
          <p className="nothing chart-space">Appears with the first evaluation.</p>
        )}
      </div>
      <div className="player">
        <ActionIcon
          variant="default"
          size="md"
          disabled={last < 1}
          aria-label={player.playing ? 'Pause the epochs' : 'Play the epochs'}
          onClick={player.toggle}
        >
          {player.playing ? <Pause size={15} /> : <Play size={15} />}
        </ActionIcon>
        <Slider
          className="player-slider"
          size="sm"
          min={0}
          max={Math.max(1, last)}
          disabled={last < 1}
          value={player.index}
          label={null}
          thumbLabel="Epoch shown"
          onChange={player.show}
        />
        <span className="quiet small player-epoch" data-testid="epoch-shown">
          {shown ? (shown.epoch === 0 ? 'Before training' : `Epoch ${shown.epoch}`) : ' '}
        </span>
      </div>
      <p className="quiet small panel-foot">
        Training moves the photos of a person to the centre of their class. The less the two distributions
        overlap, the better people can be told apart.
      </p>
    </Panel>
  );
}
