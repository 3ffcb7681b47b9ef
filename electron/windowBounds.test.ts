import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readWindowBounds, writeWindowBounds } from './windowBounds.ts';

const folder = mkdtempSync(join(tmpdir(), 'mysingularity-bounds-'));
const file = join(folder, 'new', 'window.json');
const screen = { x: 0, y: 0, width: 1920, height: 1080 };
const last = { bounds: { x: 1700, y: 100, width: 1280, height: 800 }, isMaximized: true };
afterAll(() => rmSync(folder, { recursive: true }));

test('a window comes back where it was', () => {
  expect(readWindowBounds(file, [screen])).toBeNull();
  writeWindowBounds(file, last);
  expect(readWindowBounds(file, [screen])).toEqual(last);
});

test('a window whose screen was taken away does not', () => {
  expect(readWindowBounds(file, [{ ...screen, width: 1750 }])).toBeNull();
  expect(readWindowBounds(file, [{ ...screen, x: -1920 }])).toBeNull();
});

test.each(['', '{}', '{"bounds":{"x":0,"y":0,"width":1,"height":1},"isMaximized":false}'])(
  'a damaged file is as none: %j',
  (text) => {
    writeFileSync(file, text);
    expect(readWindowBounds(file, [screen])).toBeNull();
  },
);
