import { openDB } from 'idb';
import { z } from 'zod';
import type { BackendName } from '../../config/training-config.ts';

/** Images per second by backend; 0 for one that crashed in the benchmark. */
export type Speeds = Partial<Record<BackendName, number>>;

/** A GPU that is hardly faster is left to the screen. */
const CLEARLY_FASTER = 1.1;

const DATABASE = 'arcface-studio';
const STORE = 'backend-rates';

const rate = z.number().min(0).optional();
/** What an earlier visit stored: parsed like everything from outside. */
const storedSchema = z.strictObject({ webgpu: rate, simd: rate, webgl: rate, cpu: rate });

/** The fastest backend; a later one must be a tenth faster than an earlier one to be preferred. */
export function fastest(
  rates: Speeds,
  order: readonly { readonly name: BackendName }[],
): BackendName | undefined {
  let best: { readonly name: BackendName; readonly rate: number } | undefined;
  for (const { name } of order) {
    const own = rates[name] ?? 0;
    if (!best || own > best.rate * CLEARLY_FASTER) best = { name, rate: own };
  }
  return best?.name;
}

const open = (): ReturnType<typeof openDB> =>
  openDB(DATABASE, 1, { upgrade: (database) => void database.createObjectStore(STORE) });

/** Speeds measured on an earlier visit; null where there are none, or the browser stores nothing. */
export async function recallSpeeds(key: string): Promise<Speeds | null> {
  try {
    const database = await open();
    const stored: unknown = await database.get(STORE, key);
    database.close();
    const parsed = storedSchema.safeParse(stored);
    if (!parsed.success) return null;
    const { webgpu = 0, simd = 0, webgl = 0, cpu = 0 } = parsed.data;
    return { webgpu, simd, webgl, cpu };
  } catch {
    return null; // a private window: measured again next time
  }
}

/** Stores speeds for the next visit, where the browser stores anything. */
export async function storeSpeeds(key: string, rates: Speeds): Promise<void> {
  try {
    const database = await open();
    await database.put(STORE, rates, key);
    database.close();
  } catch {
    // Measured again next time.
  }
}
