import { describe, expect, it } from 'vitest';
import { Counter, Histogram } from './instruments.js';
import { writePrometheus } from './prometheus.js';

describe('instruments', () => {
  it('are read as Prometheus reads them', () => {
    const counter = new Counter({ name: 'aos_x_total', help: 'One \\ line.', labels: ['code'] });
    counter.add(['a"b']);
    counter.add(['a"b'], 2);
    const histogram = new Histogram({ name: 'aos_y', help: 'Times.' }, [0.5, 1]);
    for (const value of [0.25, 0.5, 0.75, 3]) histogram.observe([], value);
    const reading = [counter.read({ world: 'w' }), histogram.read({ world: 'w' })];
    expect(writePrometheus([reading])).toBe(
      [
        '# HELP aos_x_total One \\\\ line.',
        '# TYPE aos_x_total counter',
        'aos_x_total{world="w",code="a\\"b"} 3',
        '# HELP aos_y Times.',
        '# TYPE aos_y histogram',
        'aos_y_bucket{world="w",le="0.5"} 2',
        'aos_y_bucket{world="w",le="1"} 3',
        'aos_y_bucket{world="w",le="+Inf"} 4',
        'aos_y_sum{world="w"} 4.5',
        'aos_y_count{world="w"} 4',
        '',
      ].join('\n'),
    );
  });

  it('count together what comes under too many names', () => {
    const counter = new Counter({ name: 'aos_x_total', help: 'Many.', labels: ['code'] });
    for (let i = 0; i < 5000; i++) counter.add([`code-${i}`]);
    const { samples } = counter.read({});
    expect(samples.length).toBeLessThan(2010);
    expect(samples.reduce((sum, { value }) => sum + Number(value), 0)).toBe(5000);
    expect(samples.find(({ labels }) => labels.code === 'other')?.value).toBe(3000);
  });
});
