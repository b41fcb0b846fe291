import { Button, Progress, TextInput } from '@mantine/core';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { openCamera, takePicture } from '../../client/camera.ts';
import { type Problem, toProblem } from '../../lib/problem.ts';
import { LONGEST_NAME } from '../../state/data/people.ts';
import { plural } from '../common/format.ts';

/** The pictures of one person. */
export interface Recording {
  readonly name: string;
  readonly files: readonly File[];
}

const PICTURES = 20;
const EVERY_MS = 300;
const COUNTDOWN = 3;

type Phase =
  | { readonly kind: 'ready' }
  | { readonly kind: 'countdown'; readonly seconds: number }
  | { readonly kind: 'recording'; readonly done: number };

interface Props {
  readonly recordings: readonly Recording[];
  readonly onRecorded: (recording: Recording) => void;
  readonly onDone: () => void;
}

/** The camera's picture; records one named person after the other. The camera is off when this is gone. */
export function Recorder({ recordings, onRecorded, onDone }: Props) {
  const video = useRef<HTMLVideoElement>(null);
  const nameField = useRef<HTMLInputElement>(null);
  const [on, setOn] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [attempt, setAttempt] = useState(0);
  const [phase, setPhase] = useState<Phase>({ kind: 'ready' });
  const [name, setName] = useState('');
  const [missing, setMissing] = useState(false);
  /** Ends a recording that is under way when this goes. */
  const alive = useRef(true);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt opens the camera again
  useEffect(() => {
    let stop: (() => void) | null = null;
    let gone = false;
    alive.current = true;
    openCamera().then(
      (camera) => {
        if (gone || !video.current) {
          camera.stop();
          return;
        }
        stop = camera.stop;
        video.current.srcObject = camera.stream;
        setOn(true);
        setProblem(null);
        for (const track of camera.stream.getTracks()) {
          track.addEventListener('ended', () => {
            setOn(false);
            setProblem({ what: 'The camera was turned off.', remedy: 'Turn it on, then open it again.' });
          });
        }
      },
      (thrown: unknown) => {
        if (!gone) setProblem(toProblem(thrown));
      },
    );
    return () => {
      gone = true;
      alive.current = false;
      stop?.();
    };
  }, [attempt]);

  async function record(who: string): Promise<void> {
    for (let seconds = COUNTDOWN; seconds > 0 && alive.current; seconds--) {
      setPhase({ kind: 'countdown', seconds });
      await wait(1000);
    }
    const files: File[] = [];
    try {
      while (files.length < PICTURES && alive.current && video.current) {
        setPhase({ kind: 'recording', done: files.length });
        const picture = await takePicture(video.current);
        const number = String(files.length + 1).padStart(2, '0');
        files.push(new File([picture], `webcam-${number}.jpg`, { type: 'image/jpeg' }));
        await wait(EVERY_MS);
      }
      if (!alive.current) return;
      onRecorded({ name: who, files });
      setName('');
    } catch (thrown) {
      setProblem(toProblem(thrown));
    } finally {
      if (alive.current) {
        setPhase({ kind: 'ready' });
        setTimeout(() => nameField.current?.focus(), 0);
      }
    }
  }

  function start(event: FormEvent): void {
    event.preventDefault();
    const who = name.trim();
    setMissing(who === '');
    if (who !== '' && phase.kind === 'ready' && on) void record(who);
  }

  return (
    <div className="recorder">
      <div className="recorder-view">
        <video ref={video} autoPlay muted playsInline aria-label="Picture of the camera" />
        {phase.kind === 'countdown' && <span className="recorder-count">{phase.seconds}</span>}
      </div>
      <p className="visually-hidden" aria-live="polite">
        {phase.kind === 'countdown' && `Recording begins in ${COUNTDOWN} seconds`}
        {phase.kind === 'recording' && `Recording ${PICTURES} pictures`}
        {phase.kind === 'ready' && recordings.length > 0 && 'Recorded'}
      </p>
      {problem && (
        <div className="recorder-problem" role="alert" data-testid="camera-problem">
          <p>
            {problem.what} {problem.remedy}
          </p>
          <Button size="xs" variant="default" onClick={() => setAttempt((now) => now + 1)}>
            Open the camera again
          </Button>
        </div>
      )}
      {phase.kind === 'recording' ? (
        <div className="recorder-progress">
          <p>
            <strong>
              Picture {phase.done + 1} of {PICTURES}.
            </strong>{' '}
            Turn your head slowly: left, right, up, down.
          </p>
          <Progress.Root size="md">
            <Progress.Section value={(100 * phase.done) / PICTURES} aria-label="Pictures recorded" />
          </Progress.Root>
        </div>
      ) : (
        <form className="rename" onSubmit={start}>
          <TextInput
            ref={nameField}
            label={recordings.length === 0 ? 'Who is in front of the camera?' : 'Who is next?'}
            placeholder="Name of the person"
            data-autofocus
            data-testid="webcam-name"
            value={name}
            maxLength={LONGEST_NAME}
            error={missing ? 'Type the name of the person.' : null}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" data-testid="webcam-record" disabled={!on || phase.kind !== 'ready'}>
            Record {PICTURES} pictures
          </Button>
        </form>
      )}
      {recordings.length > 0 && (
        <div className="recorder-done">
          <p>
            {recordings
              .map(({ name: who, files }) => `${who}: ${plural(files.length, 'picture', 'pictures')}`)
              .join(' · ')}
          </p>
          <Button
            data-testid="webcam-done"
            variant={recordings.length > 1 ? 'filled' : 'default'}
            disabled={phase.kind !== 'ready'}
            onClick={onDone}
          >
            Find the faces
          </Button>
        </div>
      )}
      <p className="quiet small">
        Two people are the least; with eight or more, it is also measured how well people are recognised who
        took no part. The pictures stay on this device, and only those taken after the countdown are kept.
      </p>
    </div>
  );
}

const wait = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
