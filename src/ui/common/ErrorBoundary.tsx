import { Component, type ReactNode } from 'react';

interface Props {
  readonly children: ReactNode;
}

/** Shows an error page when rendering fails; what was loaded is still in the stores. */
export class ErrorBoundary extends Component<Props, { readonly message: string | null }> {
  override state = { message: null };

  static getDerivedStateFromError(thrown: unknown): { message: string } {
    return { message: thrown instanceof Error ? thrown.message : String(thrown) };
  }

  override render(): ReactNode {
    if (this.state.message === null) return this.props.children;
    return (
      <main className="crash" role="alert">
        <h1>Something went wrong</h1>
        <p>
          Your photos and the current run are still held in memory. Show the page again; if the error comes
          back, reload it.
        </p>
        <p>
          <code>{this.state.message}</code>
        </p>
        <button type="button" onClick={() => this.setState({ message: null })}>
          Show the page again
        </button>{' '}
        <button type="button" onClick={() => window.location.reload()}>
          Reload
        </button>
      </main>
    );
  }
}
