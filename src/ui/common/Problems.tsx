import { Alert } from '@mantine/core';
import { useStore } from 'zustand';
import { dismissProblem, problemStore } from '../../state/problems.ts';

/** What went wrong and what to do, until it is dismissed. */
export function Problems() {
  const problems = useStore(problemStore, (state) => state.problems);
  return (
    <div className="problems" role="alert">
      {problems.length > 0 && (
        <div data-testid="error-message">
          {problems.map(({ key, what, remedy }) => (
            <Alert
              key={key}
              color="red"
              variant="default"
              className="problem"
              title={what}
              withCloseButton
              closeButtonLabel="Dismiss"
              onClose={() => dismissProblem(key)}
            >
              {remedy}
            </Alert>
          ))}
        </div>
      )}
    </div>
  );
}
