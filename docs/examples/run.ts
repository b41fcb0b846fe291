/**
 * Runs the examples that are named, or all, and prints how well each did.
 *
 *   npx tsx docs/examples/run.ts [functional] [imperative] [sequential] [trainer]
 */
import { ways } from './ways.ts';

const names = process.argv.slice(2);
for (const [name, run] of Object.entries(ways)) {
  if (names.length > 0 && !names.includes(name)) continue;
  const { losses, ...outcome } = await run();
  const numbers = Object.entries({ 'first loss': losses[0], 'last loss': losses.at(-1), ...outcome });
  console.log(`${name}: ${numbers.map(([key, value]) => `${key} ${value?.toFixed(3)}`).join(', ')}`);
}
