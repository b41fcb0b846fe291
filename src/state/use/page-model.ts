import { createStore } from 'zustand/vanilla';

/**
 * Address of the model of an exported page, which knows no other and has no training photos; null in the program that
 * trains.
 */
export const pageModelStore = createStore<{ readonly address: string | null }>(() => ({ address: null }));

/** Makes this an exported page. Called once, before it is shown. */
export const setPageModel = (address: string): void => pageModelStore.setState({ address });
