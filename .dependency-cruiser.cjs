/** The import rules of docs/architecture.md: one ordered list of rooms, and nothing upward in it. */
const { rooms } = require('./scripts/rooms.cjs');

/** A file belongs to the first room whose path fits. */
const pattern = ({ path }) => `^src/${path}`;
const earlier = (index) => rooms.slice(0, index).map(pattern);

/** The order inside some rooms, in rows: a part may import itself and the rows before its own, not its neighbours. */
const insides = {
  engine: [['ops/'], ['simd/', 'webgpu/'], ['selection/']],
  train: [
    ['step/'],
    ['task/'],
    ['loop/'],
    ['run/'],
    ['whole-run/'],
    ['lr-finder/', 'replay/', 'augmentation-preview\\.'],
  ],
  state: [
    ['(problems|trainer-task|worker-connections)\\.'],
    ['data/'],
    ['settings/'],
    ['run/'],
    ['use/'],
    ['on-event\\.'],
  ],
  ui: [['common/'], ['charts/'], ['start/', 'data/', 'train/', 'use/', 'export/'], ['[^/]+$']],
  'ui/train': [
    ['names\\.'],
    ['use(Obstacle|Recommendation)\\.'],
    ['settings/'],
    ['setup/', 'run/', 'results/'],
    ['TrainSection\\.'],
  ],
};
const insideRules = ([room, rows]) => {
  const inside = (part) => `^src/${room}/${part}`;
  return rows.flatMap((row, index) =>
    row.map((part) => ({
      name: `order-inside-${room}`,
      severity: 'error',
      from: { path: inside(part) },
      to: { path: inside(''), pathNot: [...rows.slice(0, index).flat(), part].map(inside) },
    })),
  );
};

module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolved',
      severity: 'error',
      from: { path: '^src' },
      to: { couldNotResolve: true, pathNot: '\\?(worker|url|raw)|^virtual:' },
    },
    {
      name: 'every-file-in-a-room',
      severity: 'error',
      from: { path: '^src/', pathNot: rooms.map(pattern) },
      to: {},
    },
    ...rooms.map((room, index) => ({
      name: `nothing-upward-from-${room.name}`,
      severity: 'error',
      from: { path: pattern(room), ...(index > 0 && { pathNot: earlier(index) }) },
      to: {
        path: '^src/',
        pathNot: rooms
          .slice(0, index + 1)
          // The page starts workers by their address and knows nothing else of them.
          .filter(({ side }) => room.side === 'both' || side === 'both' || side === room.side)
          .map(pattern),
      },
    })),
    ...Object.entries(insides).flatMap(insideRules),
    {
      name: 'react-only-in-ui',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(ui/|main\\.tsx|recogniser-page\\.tsx)' },
      to: { path: `node_modules/(react|react-dom|@mantine|recharts|lucide-react|@tanstack)/` },
    },
    {
      name: 'tensors-stay-in-workers',
      severity: 'error',
      from: { path: rooms.filter(({ side }) => side !== 'worker').map(pattern) },
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
