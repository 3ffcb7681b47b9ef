import { describe, expect, it } from 'vitest';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import { annotationsOf } from './annotations.ts';

const label = (name: string, value: string) => ({ name, value });
const codeOf = (work: () => unknown): string | null => {
  try {
    work();
  } catch (thrown) {
    return thrown instanceof WorkbenchError ? thrown.report.code : null;
  }
  return null;
};

describe('annotations of a pushed image', () => {
  it('say when it was made, and what its labels say under known names, sorted', () => {
    const labels = [
      label('org.opencontainers.image.version', '2.1'),
      label('org.label-schema.version', '1.0'),
      label('org.label-schema.vendor', 'The lab'),
      label('Author', 'somebody'),
    ];
    expect(annotationsOf({ labels, createdAt: 0 }, {})).toEqual({
      'org.opencontainers.image.created': '1970-01-01T00:00:00.000Z',
      'org.opencontainers.image.vendor': 'The lab',
      'org.opencontainers.image.version': '2.1',
    });
  });

  it('leave out what is not valid in an image that anybody may have made', () => {
    const labels = [
      label('org.opencontainers.image.created', 'Friday_20_November_2026_16:08:27_UTC'),
      label('org.opencontainers.image.url', 'javascript:alert(1)'),
      label('org.opencontainers.image.title', 'a\u001b[31mb'),
      label('org.opencontainers.image.description', 'x'.repeat(5000)),
      label('org.opencontainers.image.base.digest', 'sha256:short'),
      label('org.opencontainers.image.__proto__', 'x'),
      label('__proto__', 'x'),
      label('org.opencontainers.image.unknown', 'x'),
      label('org.opencontainers.image.vendor', '  '),
    ];
    expect(annotationsOf({ labels, createdAt: null }, {})).toEqual({});
  });

  it('take what a person adds before what the image says, in any name', () => {
    const image = { labels: [label('org.opencontainers.image.version', '1')], createdAt: null };
    const added = { 'org.opencontainers.image.version': '2', 'com.example/note': 'two\nlines' };
    expect(annotationsOf(image, added)).toEqual({
      'com.example/note': 'two\nlines',
      'org.opencontainers.image.version': '2',
    });
  });

  it.each([
    ['a b', 'x'],
    ['name', ''],
    ['name', 'bell\u0007'],
    ['org.opencontainers.image.created', 'yesterday'],
    ['org.opencontainers.image.source', 'ftp://x'],
  ])('refuse %j: %j from a person', (name, value) => {
    expect(codeOf(() => annotationsOf({ labels: [], createdAt: null }, { [name]: value }))).toBe(
      'input.invalid',
    );
  });

  it('are few', () => {
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`n${index}`, 'x']));
    expect(codeOf(() => annotationsOf({ labels: [], createdAt: null }, many))).toBe('input.invalid');
  });
});
