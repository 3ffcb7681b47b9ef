import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { listPages } from './serviceJsonPages.ts';
import { architectureName, countSchema, entriesOf, textSchema, timeSchema } from './serviceJsonValues.ts';
import { allOf } from './testing/documentedService.ts';

describe('pages of a list', () => {
  it('give each name once', async () => {
    const pages = [
      ['a', 'b'],
      ['b', 'c'],
    ];
    const found = await allOf(
      listPages(0, async (at) => ({
        entries: (pages[at] ?? []).map((name) => ({ name })),
        next: at + 1 < pages.length ? at + 1 : null,
      })),
    );
    expect(found.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });

  it('end when a service repeats itself for ever', async () => {
    let asked = 0;
    const found = await allOf(
      listPages(0, async (at) => {
        asked += 1;
        return { entries: [{ name: 'same' }], next: at + 1 };
      }),
    );
    expect(found).toEqual([{ name: 'same' }]);
    expect(asked).toBe(4);
  });

  it('end at the limit', async () => {
    const found = await allOf(
      listPages(0, async (at) => ({ entries: [{ name: `${at}a` }, { name: `${at}b` }], next: at + 1 }), 5),
    );
    expect(found).toHaveLength(5);
  });
});

describe('values of a service', () => {
  it('are cut, or missing when they are of another kind', () => {
    const schema = z.object({ text: textSchema });
    expect(schema.parse({ text: 'x'.repeat(10_000) }).text).toHaveLength(500);
    expect(schema.parse({ text: 7 }).text).toBeNull();
    expect(schema.parse({}).text).toBeNull();
    expect(z.object({ count: countSchema, time: timeSchema }).parse({})).toEqual({ count: null, time: null });
  });

  it.each([[-1], [1.5], [Number.MAX_VALUE], ['7'], [null], [undefined]])('are no count: %s', (value) => {
    expect(countSchema.parse(value)).toBeNull();
  });

  it.each([
    ['2026-08-17T14:03:18.618971Z', Date.UTC(2026, 7, 17, 14, 3, 18, 618)],
    ['Thu, 06 Jun 2024 13:33:00 -0000', Date.UTC(2024, 5, 6, 13, 33)],
    [1717680780, 1717680780000],
    ['0001-01-01T00:00:00Z', null],
    ['soon', null],
    [1e300, null],
  ])('are a time: %s', (value, expected) => {
    expect(timeSchema.parse(value)).toBe(expected);
  });

  it('are left out of a list when they have another shape', () => {
    const schema = entriesOf(z.object({ name: z.string() }));
    expect(schema.parse([{ name: 'a' }, 7, null, { name: 3 }])).toEqual([{ name: 'a' }]);
    expect(schema.parse(null)).toEqual([]);
  });

  it.each([
    ['arm', 'v7', 'arm/v7'],
    ['arm64', 'v8', 'arm64'],
    ['amd64', null, 'amd64'],
    ['unknown', null, null],
    ['\u001b[31m', null, null],
  ])('are an architecture: %s %s', (architecture, variant, expected) => {
    expect(architectureName(architecture, variant)).toBe(expected);
  });
});
