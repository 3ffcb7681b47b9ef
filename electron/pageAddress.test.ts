import { expect, test } from 'vitest';
import { isAllowedLink, isOwnPage } from './pageAddress.ts';

test.each(['app://workbench/', 'app://workbench/index.html#images', 'app://workbench'])(
  '%s is our page',
  (url) => {
    expect(isOwnPage(url)).toBe(true);
  },
);

test.each([
  'app://workbench.example/',
  'app://workbench:80/',
  'app://user@other/',
  'https://workbench/',
  'file:///app://workbench/',
  'about:blank',
  '',
])('%j is not our page', (url) => {
  expect(isOwnPage(url)).toBe(false);
});

test.each(['https://apptainer.org/docs', 'http://127.0.0.1:5000/'])('%s may be opened outside', (url) => {
  expect(isAllowedLink(url)).toBe(true);
});

test.each(['file:///bin/sh', 'javascript:alert(1)', 'smb://x/y', 'ms-msdt:/id', 'mailto:a@b', 'x.sif', ''])(
  '%j may not be opened outside',
  (url) => {
    expect(isAllowedLink(url)).toBe(false);
  },
);
