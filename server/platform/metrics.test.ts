import { expect, test } from 'vitest';
import { createMetrics } from './metrics.ts';

test('counters, histograms and gauges appear in the text that is scraped', async () => {
  const metrics = createMetrics();
  const sent = metrics.counter('causeway_deliveries_total', 'Deliveries by outcome.', ['outcome']);
  sent.add({ outcome: 'posted' });
  sent.add({ outcome: 'posted' }, 2);
  metrics.histogram('causeway_refresh_seconds', 'Balance refreshes.').observe(0.02);
  metrics.gauge('causeway_lanes_waiting', 'Lanes that wait.').set(7);
  const text = await metrics.registry.metrics();
  expect(text).toContain('causeway_deliveries_total{outcome="posted"} 3');
  expect(text).toContain('causeway_refresh_seconds_bucket{le="0.025"} 1');
  expect(text).toContain('causeway_lanes_waiting 7');
});

test('a name asked for twice is one metric, of one kind, in a registry of its own', async () => {
  const metrics = createMetrics();
  metrics.counter('a_total', 'A.').add();
  metrics.counter('a_total', 'A.').add();
  expect(await metrics.registry.metrics()).toContain('a_total 2');
  expect(() => metrics.gauge('a_total', 'A.')).toThrow('another kind');
  expect(await createMetrics().registry.metrics()).not.toContain('a_total');
});

test('labels without end do not fill the memory', async () => {
  const metrics = createMetrics();
  const counter = metrics.counter('leak_total', 'Leaks.', ['id']);
  for (let id = 0; id < 6_000; id += 1) counter.add({ id });
  const text = await metrics.registry.metrics();
  expect(text.match(/leak_total\{/g)).toHaveLength(5_000);
});

test('clearing a gauge forgets its series', async () => {
  const metrics = createMetrics();
  const gauge = metrics.gauge('age_seconds', 'Age.', ['lane']);
  gauge.set(4, { lane: 'x' });
  gauge.clear();
  expect(await metrics.registry.metrics()).not.toContain('lane="x"');
});
