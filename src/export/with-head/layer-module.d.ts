/** Made by scripts/layer-module.mjs: src/library/layer.ts and all that it needs, as the text of one ES module. */
declare module 'virtual:arcface-layer' {
  const text: string;
  export default text;
}
