import { describe, expect, it } from 'vitest';
import { ImageList, type ImageView } from './imageList.ts';
import { noVerdicts } from './imageVerdicts.ts';
import { sampleFolder, sampleImage } from './sampleImages.ts';

const byName: ImageView['sort'] = { column: 'name', isDescending: false };
const everything: ImageView['filter'] = {
  text: '',
  chip: 'all',
  hostArchitecture: 'amd64',
  verdicts: noVerdicts,
};

function list(view: ImageView = { sort: byName, filter: everything }): ImageList {
  return new ImageList(view);
}

const names = (shown: ImageList) => shown.getSnapshot().rows.map((row) => row.name as string);

describe('the list of images', () => {
  it('shows rows sorted as they come, and is ready when the folders were read', async () => {
    const shown = list();
    shown.apply({ type: 'reset' });
    shown.apply({ type: 'upsert', images: [sampleImage('b-10.sif'), sampleImage('b-9.sif')] });
    await shown.settled();
    expect(names(shown)).toEqual(['b-9.sif', 'b-10.sif']);
    expect(shown.getSnapshot().isReady).toBe(false);
    shown.apply({ type: 'upsert', images: [sampleImage('a.sif'), sampleImage('c.sif')] });
    shown.apply({
      type: 'ready',
      folders: [{ path: sampleFolder, problem: 'No permission' }],
      durationMs: 3,
    });
    await shown.settled();
    expect(names(shown)).toEqual(['a.sif', 'b-9.sif', 'b-10.sif', 'c.sif']);
    expect(shown.getSnapshot()).toMatchObject({ isReady: true, count: 4, sizeBytes: 4000 });
    expect(shown.getSnapshot().folders[0]?.problem).toBe('No permission');
  });

  it('moves a changed row to its new place and takes removed ones away', async () => {
    const shown = list({ sort: { column: 'size', isDescending: true }, filter: everything });
    shown.apply({
      type: 'upsert',
      images: [
        sampleImage('a', { sizeBytes: 5 }),
        sampleImage('b', { sizeBytes: 7 }),
        sampleImage('c', { sizeBytes: 6 }),
      ],
    });
    await shown.settled();
    expect(names(shown)).toEqual(['b', 'c', 'a']);
    shown.apply({ type: 'upsert', images: [sampleImage('a', { sizeBytes: 9 })] });
    shown.apply({ type: 'remove', paths: [sampleImage('b').path] });
    await shown.settled();
    expect(names(shown)).toEqual(['a', 'c']);
    expect(shown.getSnapshot().sizeBytes).toBe(15);
  });

  it('keeps rows in view through a reset, and drops those that do not come again', async () => {
    const shown = list();
    shown.apply({ type: 'upsert', images: [sampleImage('kept'), sampleImage('lost')] });
    shown.apply({ type: 'ready', folders: [], durationMs: 1 });
    await shown.settled();
    shown.apply({ type: 'reset' });
    await shown.settled();
    expect(names(shown)).toEqual(['kept', 'lost']);
    shown.apply({ type: 'upsert', images: [sampleImage('kept')] });
    shown.apply({ type: 'ready', folders: [], durationMs: 1 });
    await shown.settled();
    expect(names(shown)).toEqual(['kept']);
  });

  it('drops a row that came just before a reset and not after it', async () => {
    const shown = list();
    shown.apply({ type: 'upsert', images: [sampleImage('early')] });
    shown.apply({ type: 'reset' });
    shown.apply({ type: 'ready', folders: [], durationMs: 1 });
    await shown.settled();
    expect(names(shown)).toEqual([]);
    expect(shown.getSnapshot().count).toBe(0);
  });

  it('filters by words in any order over name, source and architecture, without case and accents', async () => {
    const shown = list();
    shown.apply({
      type: 'upsert',
      images: [
        sampleImage('Größe.sif', { architecture: 'arm64' }),
        sampleImage('salmon.sif', { source: 'oras://ghcr.io/lab/Salmon:1', architecture: 'arm64' }),
        sampleImage('tiny.sif', { source: 'docker://alpine@sha256:9f2c' }),
      ],
    });
    const search = async (text: string) => {
      shown.setView({ sort: byName, filter: { ...everything, text } });
      await shown.settled();
      return names(shown);
    };
    expect(await search('GROẞE')).toEqual(['Größe.sif']);
    expect(await search('größe')).toEqual(['Größe.sif']);
    expect(await search('grobe')).toEqual([]);
    expect(await search('arm64 LAB')).toEqual(['salmon.sif']);
    expect(await search('9f2c')).toEqual(['tiny.sif']);
    expect(await search('  ')).toHaveLength(3);
  });

  it.each([
    ['sif', ['encrypted.sif', 'other.sif', 'signed.sif']],
    ['sandbox', ['box']],
    ['signed', ['signed.sif']],
    ['encrypted', ['encrypted.sif']],
    ['otherArchitecture', ['other.sif']],
    ['damaged', ['cut.sif']],
  ] as const)('shows only the images of the chip %s', async (chip, wanted) => {
    const shown = list({ sort: byName, filter: { ...everything, chip } });
    shown.apply({
      type: 'upsert',
      images: [
        sampleImage('signed.sif', { isSigned: true }),
        sampleImage('encrypted.sif', { isEncrypted: true }),
        sampleImage('other.sif', { architecture: 'arm64' }),
        sampleImage('box', { format: 'sandbox', sizeBytes: null, architecture: null }),
        sampleImage('cut.sif', { format: 'damaged', problem: 'ends early', architecture: null }),
      ],
    });
    await shown.settled();
    expect(names(shown)).toEqual(wanted);
    expect(shown.getSnapshot().count).toBe(5);
  });

  it('puts unknown values last in either direction, equal ones by name', async () => {
    const images = [
      sampleImage('z', { source: 'docker://b' }),
      sampleImage('y', { source: 'docker://b' }),
      sampleImage('x', { source: 'docker://a' }),
      sampleImage('w'),
    ];
    const shown = list({ sort: { column: 'source', isDescending: false }, filter: everything });
    shown.apply({ type: 'upsert', images });
    await shown.settled();
    expect(names(shown)).toEqual(['x', 'y', 'z', 'w']);
    shown.setView({ sort: { column: 'source', isDescending: true }, filter: everything });
    await shown.settled();
    expect(names(shown)).toEqual(['y', 'z', 'x', 'w']);
  });

  it('shows the last view when views change faster than they are arranged', async () => {
    const shown = list();
    shown.apply({ type: 'upsert', images: Array.from({ length: 3000 }, (_, at) => sampleImage(`n${at}`)) });
    for (const text of ['n', 'n1', 'n12', 'n123']) {
      shown.setView({ sort: byName, filter: { ...everything, text } });
      await Promise.resolve();
    }
    await shown.settled();
    expect(names(shown)).toEqual([
      'n123',
      'n1230',
      'n1231',
      'n1232',
      'n1233',
      'n1234',
      'n1235',
      'n1236',
      'n1237',
      'n1238',
      'n1239',
    ]);
  });

  it('arranges 50,000 rows that come in batches as one sort would', async () => {
    const shown = list();
    const all = Array.from({ length: 50_000 }, (_, at) =>
      sampleImage(`tool-${(at * 7919) % 50_000}_v${at % 7}.sif`),
    );
    for (let at = 0; at < all.length; at += 500)
      shown.apply({ type: 'upsert', images: all.slice(at, at + 500) });
    shown.apply({ type: 'ready', folders: [], durationMs: 1 });
    await shown.settled();
    const wanted = all
      .map((row) => row.name as string)
      .sort(new Intl.Collator('en', { numeric: true }).compare);
    expect(names(shown)).toEqual(wanted);
  });
});
