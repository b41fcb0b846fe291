/** The part of libheif-js that is used here; the package has no types for its bundled module. */
declare module 'libheif-js/libheif-wasm/libheif-bundle.mjs' {
  interface HeifImage {
    get_width(): number;
    get_height(): number;
    display(target: ImageData, done: (drawn: ImageData | null) => void): void;
    free(): void;
  }
  interface LibHeif {
    readonly ready?: Promise<unknown>;
    readonly HeifDecoder: new () => { decode(bytes: Uint8Array): HeifImage[] };
  }
  export default function start(): LibHeif;
}
