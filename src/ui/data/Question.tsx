import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useStore } from 'zustand';
import { answerQuestion } from '../../state/data/data-actions.ts';
import { dataStore, type IntakeQuestion } from '../../state/data/data-store.ts';
import { LONGEST_NAME } from '../../state/data/people.ts';
import { Dialog } from '../common/Dialog.tsx';
import { plural } from '../common/format.ts';

function Form({ question: { survey, askAligned, askName } }: { question: IntakeQuestion }) {
  const [name, setName] = useState('');
  const [missing, setMissing] = useState(false);

  function answer(alignment: 'detect' | 'as-is'): void {
    if (askName && name.trim() === '') {
      setMissing(true);
      return;
    }
    answerQuestion({ alignment, unlabelledName: askName ? name.trim() : null });
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    answer(askAligned ? 'as-is' : 'detect');
  };

  return (
    <form onSubmit={submit} className="question">
      {askName && (
        <TextInput
          label={`${plural(survey.unlabelled, 'photo is', 'photos are')} not in a folder: who is ${survey.unlabelled === 1 ? 'it' : 'this'}?`}
          placeholder="Name of the person"
          data-testid="unlabelled-name"
          data-autofocus
          maxLength={LONGEST_NAME}
          value={name}
          error={missing ? 'Type the name of the person, or skip these photos.' : null}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      )}
      {askAligned && (
        <p>
          These {plural(survey.files, 'photo is', 'photos are')} all squares of {survey.alignedSize} ×{' '}
          {survey.alignedSize} pixels. If they are aligned face crops already, with the eyes always in the
          same place, use them as they are.
        </p>
      )}
      <div className="buttons">
        <Button type="submit" data-testid={askAligned ? 'use-as-is' : 'answer-question'}>
          {askAligned ? 'Use them as they are' : 'Add the photos'}
        </Button>
        {askAligned && (
          <Button variant="default" data-testid="detect-faces" onClick={() => answer('detect')}>
            Detect faces
          </Button>
        )}
        <Button variant="subtle" onClick={() => answerQuestion(null)}>
          Skip them
        </Button>
      </div>
    </form>
  );
}

/** What must be known before photos can be imported. */
export function Question() {
  const question = useStore(dataStore, (state) => state.question);
  return (
    <Dialog
      opened={question !== null}
      onClose={() => answerQuestion(null)}
      title="Before these photos are imported"
      closeLabel="Skip them"
    >
      {question && <Form key={question.survey.selection} question={question} />}
    </Dialog>
  );
}
