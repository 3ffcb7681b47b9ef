import { describe, expect, it } from 'vitest';
import { rankMatches } from './rankMatches.ts';

const items = [
  { label: 'Go to images', keywords: ['library'] },
  { label: 'Pull image…', keywords: ['download', 'docker'] },
  { label: 'Use the dark theme', keywords: ['night', 'view'] },
  { label: 'pytorch-2.9-cuda12.sif', keywords: ['docker://nvcr.io/nvidia/pytorch'] },
];

function found(query: string): readonly string[] {
  return rankMatches(items, query, 10).map((item) => item.label);
}

describe('finding by typing', () => {
  it('shows everything before anything is typed', () => {
    expect(found(' ')).toHaveLength(items.length);
  });

  it('puts words that begin before words that contain', () => {
    expect(found('im')).toEqual(['Go to images', 'Pull image…']);
    expect(found('pull')).toEqual(['Pull image…']);
  });

  it('wants every word, in any order', () => {
    expect(found('theme dark')).toEqual(['Use the dark theme']);
    expect(found('dark image')).toEqual([]);
  });

  it('finds by other words, after the name', () => {
    expect(found('night')).toEqual(['Use the dark theme']);
    expect(found('cuda')).toEqual(['pytorch-2.9-cuda12.sif']);
  });

  it('takes the query as text, not as a pattern', () => {
    expect(found('.*')).toEqual([]);
    expect(found('(')).toEqual([]);
  });

  it('stops at the limit', () => {
    expect(rankMatches(items, '', 2)).toHaveLength(2);
  });
});
