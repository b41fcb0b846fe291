/**
 * The rooms of src, in one order: a room may import itself and the rooms above it, nothing below. docs/architecture.md
 * shows this list, a test compares the two, and .dependency-cruiser.cjs enforces it.
 *
 * `page` rooms run in the page and never see a tensor; `worker` rooms run in workers and never see the page; `both` are
 * for either. The two sides meet in `protocol` only.
 */
const rooms = [
  { name: 'lib', side: 'both', path: 'lib/' },
  {
    name: 'catalogue',
    side: 'both',
    path: 'model/(margins|backbones)/(catalogue|fields|describe|[^/]+/meta)\\.ts$',
  },
  { name: 'config', side: 'both', path: 'config/' },
  { name: 'domain', side: 'both', path: 'domain/' },
  { name: 'protocol', side: 'both', path: 'protocol/' },
  { name: 'dataset', side: 'both', path: 'dataset/' },
  { name: 'engine', side: 'worker', path: 'engine/' },
  { name: 'ingest', side: 'worker', path: 'ingest/' },
  { name: 'model', side: 'worker', path: 'model/' },
  { name: 'evaluate', side: 'worker', path: 'evaluate/' },
  { name: 'train', side: 'worker', path: 'train/' },
  { name: 'library', side: 'worker', path: 'library/' },
  { name: 'export', side: 'worker', path: 'export/' },
  { name: 'recognise', side: 'worker', path: 'recognise/' },
  { name: 'workers', side: 'worker', path: 'workers/' },
  { name: 'client', side: 'page', path: 'client/' },
  { name: 'state', side: 'page', path: 'state/' },
  { name: 'ui', side: 'page', path: 'ui/' },
  { name: 'headless', side: 'page', path: 'headless/' },
  { name: 'main', side: 'page', path: '(main|recogniser-page)\\.tsx$' },
];

module.exports = { rooms };
