import { Button } from '@mantine/core';
import { Square, Webcam } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { openCamera } from '../../client/camera.ts';
import { framesOf } from '../../client/video-frames.ts';
import { CancelledError, type Problem, toProblem } from '../../lib/problem.ts';
import { type LiveFrame, nameFrames } from '../../state/use/live.ts';
import { UNKNOWN } from '../../state/use/naming.ts';
import { recogniserStore } from '../../state/use/recogniser-store.ts';
import { useShown } from '../common/screens.ts';
import { Boxes } from './Boxes.tsx';

/** Names the people before the webcam. The camera is off when this is gone or hidden. */
export function Live() {
  const video = useRef<HTMLVideoElement>(null);
  const shown = useShown();
  const [wanted, setWanted] = useState(false);
  const [frame, setFrame] = useState<LiveFrame | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const on = wanted && shown;
  const nobodyKnown = useStore(recogniserStore, ({ open, people }) => open !== null && people.length === 0);

  useEffect(() => {
    if (!shown) setWanted(false);
  }, [shown]);

  useEffect(() => {
    if (!on) return;
    const abort = new AbortController();
    let turnOff: (() => void) | null = null;
    setProblem(null);
    async function watch(): Promise<void> {
      const camera = await openCamera();
      const target = video.current;
      if (abort.signal.aborted || !target) {
        camera.stop();
        return;
      }
      turnOff = camera.stop;
      target.srcObject = camera.stream;
      for (const track of camera.stream.getTracks()) {
        track.addEventListener('ended', () => {
          setProblem({ what: 'The camera was turned off.', remedy: 'Turn it on, then start again.' });
          setWanted(false);
        });
      }
      await nameFrames(framesOf(target), setFrame, abort.signal);
      // Without a model there is nothing to be done; why was shown.
      setWanted(false);
    }
    watch().catch((thrown: unknown) => {
      if (thrown instanceof CancelledError || abort.signal.aborted) return;
      setProblem(toProblem(thrown));
      setWanted(false);
    });
    return () => {
      abort.abort();
      turnOff?.();
      setFrame(null);
    };
  }, [on]);

  const names = (frame?.photo.faces ?? []).map(({ best, known }) => ({
    name: best && known ? best.name : UNKNOWN,
    known,
  }));
  return (
    <div className="use-live">
      <div className="buttons">
        <Button
          variant={on ? 'default' : 'filled'}
          data-testid="use-live"
          leftSection={on ? <Square size={16} aria-hidden="true" /> : <Webcam size={16} aria-hidden="true" />}
          onClick={() => setWanted(!on)}
        >
          {on ? 'Stop the camera' : 'Start the camera'}
        </Button>
      </div>
      <div
        className="use-video"
        style={frame ? { aspectRatio: `${frame.photo.width} / ${frame.photo.height}` } : undefined}
      >
        <video ref={video} autoPlay muted playsInline hidden={!on} aria-label="Picture of the camera" />
        {frame && <Boxes photo={frame.photo} names={names} mirrored />}
        {!on && <p className="use-off small">The camera is off.</p>}
      </div>
      <p className="use-live-line" data-testid="use-live-names">
        {on ? names.map(({ name }) => name).join(', ') || 'nobody' : '—'}
        <span className="quiet small" data-testid="use-live-rate">
          {frame ? `${frame.framesPerSecond.toFixed(0)} frames/s` : ''}
        </span>
      </p>
      {on && nobodyKnown && (
        <p className="small">Nobody is known yet, so everybody is “unknown”. Add people under “People”.</p>
      )}
      {problem && (
        <p className="use-failed" role="alert" data-testid="camera-problem">
          {problem.what} {problem.remedy}
        </p>
      )}
      <p className="quiet small">
        Frames are looked at on this device, one at a time, and none is kept. Tell people that you do it.
      </p>
    </div>
  );
}
