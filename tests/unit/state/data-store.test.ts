import { beforeEach, describe, expect, it } from 'vitest';
import { personId, sampleId } from '../../../src/lib/brand.ts';
import { CancelledError, ProblemError } from '../../../src/lib/problem.ts';
import {
  addToDrop,
  closeDrop,
  dataStore,
  edit,
  initialData,
  openDrop,
  undo,
  undoable,
} from '../../../src/state/data/data-store.ts';
import { addResults, countFaces, removePeople } from '../../../src/state/data/people.ts';
import { dismissProblem, problemStore, showProblem, showThrown } from '../../../src/state/problems.ts';

const add = (label: string, n: number): void =>
  addToDrop((snapshot) =>
    addResults(
      snapshot,
      [{ id: sampleId(`${label}${n}`), path: '', label, image: new Blob(), flags: [], faceWidth: 1 }],
      [],
    ),
  );
const total = (): number => countFaces(dataStore.getState().snapshot);

describe('undo', () => {
  beforeEach(() => dataStore.setState(initialData, true));

  it('takes a whole drop back in one step, once it has ended', () => {
    openDrop('Add photos');
    add('Ada', 1);
    add('Ada', 2);
    expect(undoable(dataStore.getState())).toBeNull();
    undo();
    expect(total()).toBe(2);
    closeDrop();
    undo();
    expect(total()).toBe(0);
  });

  it('loses no photo that arrived after an edit made during the drop', () => {
    openDrop('Add photos');
    add('Ada', 1);
    edit('Remove person', (snapshot) => removePeople(snapshot, new Set([personId('person:Ada')])));
    add('Bob', 1);
    undo();
    expect(dataStore.getState().snapshot.people.map(({ name }) => name)).toEqual(['Ada', 'Bob']);
    closeDrop();
    undo();
    expect(total()).toBe(0);
  });

  it('leaves no step for a drop that brought nothing', () => {
    openDrop('Add photos');
    closeDrop();
    expect(dataStore.getState().past).toEqual([]);
  });

  it('remembers a bounded number of steps', () => {
    for (let i = 0; i < 80; i++) edit('Rename', (snapshot) => ({ ...snapshot }));
    expect(dataStore.getState().past.length).toBe(50);
  });
});

describe('problems', () => {
  beforeEach(() => problemStore.setState({ problems: [] }));

  it('shows each once, not the cancelling, and puts away what is dismissed', () => {
    showProblem({ what: 'It broke.', remedy: 'Mend it.' });
    showThrown(new ProblemError('It broke.', 'Mend it.'));
    showThrown(new CancelledError());
    const { problems } = problemStore.getState();
    expect(problems).toHaveLength(1);
    dismissProblem(problems[0]?.key ?? -1);
    expect(problemStore.getState().problems).toEqual([]);
  });
});
