/** As docs/guide.md tells a user of the package. */
export default {
  base: './',
  worker: { format: 'es' },
  optimizeDeps: { exclude: ['arcface-studio'] },
};
