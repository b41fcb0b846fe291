/** The import direction of docs/decisions/001-shape.md, as rules. Each stage names what it may import. */
const allow = {
  lib: [],
  config: ['lib'],
  protocol: ['lib', 'config'],
  ingest: ['lib', 'config', 'protocol', 'engine'],
  dataset: ['lib', 'config', 'protocol'],
  engine: ['lib', 'config', 'protocol'],
  model: ['lib', 'config', 'protocol', 'engine'],
  evaluate: ['lib', 'config', 'protocol', 'dataset', 'engine', 'model'],
  train: ['lib', 'config', 'protocol', 'dataset', 'engine', 'model', 'evaluate'],
  recognise: ['lib', 'config', 'protocol', 'dataset', 'engine', 'model', 'evaluate'],
  export: ['lib', 'config', 'protocol', 'dataset', 'engine', 'model', 'evaluate'],
  library: ['lib', 'config', 'engine', 'model'],
  workers: [
    'lib',
    'config',
    'protocol',
    'ingest',
    'dataset',
    'engine',
    'model',
    'evaluate',
    'train',
    'recognise',
    'export',
  ],
  client: ['lib', 'config', 'protocol', 'workers'],
  state: ['lib', 'config', 'protocol', 'client'],
  ui: ['lib', 'config', 'protocol', 'state'],
};

module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolved',
      severity: 'error',
      from: { path: '^src' },
      to: { couldNotResolve: true, pathNot: '\\?(worker|url)' },
    },
    ...Object.entries(allow).map(([stage, others]) => ({
      name: `direction-${stage}`,
      severity: 'error',
      from: { path: `^src/${stage}/` },
      to: { path: '^src/', pathNot: `^src/(${[stage, ...others].join('|')})/` },
    })),
    {
      name: 'react-only-in-ui',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(ui/|main\\.tsx)' },
      to: { path: `node_modules/(react|react-dom|@mantine|recharts|lucide-react|@tanstack)/` },
    },
    {
      name: 'tensors-stay-in-workers',
      severity: 'error',
      from: { path: '^src/(lib|config|protocol|client|state|ui|main)[/.]' },
      to: { path: 'node_modules/@tensorflow/' },
    },
    {
      name: 'nothing-imports-tests',
      severity: 'error',
      from: { path: '^src' },
      to: { path: '^(tests|e2e|headless|bench|scripts)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { conditionNames: ['import', 'browser', 'default'], exportsFields: ['exports'] },
  },
};
