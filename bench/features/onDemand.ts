/** Time of `featuresOfCustomer` for customers with 100 events each, on a warm connection. */
import { FEATURES } from '../../features/index.ts';
import { fixedClock } from '../../src/base/clock.ts';
import { seededRandom } from '../../src/base/random.ts';
import { featuresOfCustomer } from '../../src/features/customer.ts';
import { featurePlan } from '../../src/features/plan.ts';
import { openStore } from '../../src/store/connection.ts';
import type { StoreConfig } from '../../src/store/config.ts';
import { fillStore } from '../../test/features/shop.ts';
import type { ShopEvent } from '../../test/features/shop.ts';

const AS_OF = Date.UTC(2025, 11, 31, 16);
const CUSTOMERS = 200;
const KINDS = ['order', 'order', 'refund', 'view', 'view', 'view', 'cart', 'visit', 'message_sent', 'message_open'];

export async function onDemand(config: StoreConfig): Promise<{ medianMs: number; p95Ms: number }> {
  const random = seededRandom(3, 'on demand');
  const events = Array.from({ length: CUSTOMERS * 100 }, (_, i): ShopEvent => {
    const kind = KINDS[random.int(KINDS.length)];
    const base = { customer: i % CUSTOMERS, at: AS_OF - 1 - Math.floor(random.next() ** 2 * 700 * 86_400_000), kind, product: `p${random.int(50)}`, category: `c${random.int(5)}`, channel: 'web', session: `s${random.int(30)}` };
    return kind === 'order' || kind === 'refund' ? { ...base, amount: (kind === 'order' ? 1 : -1) * random.int(9000) / 100 + '', quantity: '1', orderRef: `o${random.int(15)}` } : base;
  });
  const store = await openStore(config, { clock: fixedClock('2026-01-01T00:00:00Z') });
  try {
    await fillStore(store, { customers: Array.from({ length: CUSTOMERS }, () => ({ createdAt: 0 })), events });
    await store.maintain(['customers', 'events']);
    const plan = featurePlan(FEATURES, { timeZone: 'Asia/Shanghai' });
    for (let i = 0; i < 40; i++) await featuresOfCustomer(store, plan, 1 + (i % CUSTOMERS), AS_OF);
    const times: number[] = [];
    for (let i = 0; i < 400; i++) {
      const start = performance.now();
      await featuresOfCustomer(store, plan, 1 + (i % CUSTOMERS), AS_OF);
      times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    return { medianMs: times[200], p95Ms: times[380] };
  } finally {
    await store.close();
  }
}
