import { expect, it } from 'vitest';
import type { ImageVerdict } from '#core/contract/trust.ts';
import { imageKey } from './imageKey.ts';
import { type ImageChip, type ImageFilter, imageRow, rowFilter } from './imageRow.ts';
import { verdictOf } from './imageVerdicts.ts';
import { sampleImage } from './sampleImages.ts';

const verified = sampleImage('verified.sif', { isSigned: true });
const tampered = sampleImage('tampered.sif', { isSigned: true });
const unsigned = sampleImage('plain.sif', { isSigned: false });

function found(image: typeof verified, verdict: ImageVerdict['verdict']): readonly [string, ImageVerdict] {
  const { hostId, path, modifiedAt, sizeBytes } = image;
  return [
    imageKey(image),
    { hostId, path, modifiedAt, sizeBytes: sizeBytes ?? 0, verdict, signers: [], verifiedAt: 0 },
  ];
}

const verdicts = new Map([
  found(verified, 'valid'),
  found(tampered, 'tampered'),
  found(unsigned, 'unsigned'),
]);

it('counts only for the file as it was when it was verified', () => {
  expect(verdictOf(verdicts, verified)?.verdict).toBe('valid');
  expect(verdictOf(verdicts, { ...verified, modifiedAt: verified.modifiedAt + 1 })).toBeNull();
  expect(verdictOf(verdicts, { ...verified, sizeBytes: 1 })).toBeNull();
  expect(verdictOf(verdicts, unsigned)).toBeNull();
});

it('is what the chips go by', () => {
  const shown = (chip: ImageChip) => {
    const filter: ImageFilter = { text: '', chip, hostArchitecture: null, verdicts };
    return [verified, tampered, unsigned]
      .filter((image) => rowFilter(filter)(imageRow(image)))
      .map(({ name }) => String(name));
  };
  expect(shown('verified')).toEqual(['verified.sif']);
  expect(shown('tampered')).toEqual(['tampered.sif']);
  expect(shown('signed')).toEqual(['verified.sif', 'tampered.sif']);
});
