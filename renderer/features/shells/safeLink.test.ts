import { expect, it } from 'vitest';
import { safeLink } from './safeLink.ts';

it.each([
  ['https://apptainer.org/docs?x=1#y', 'https://apptainer.org/docs?x=1#y'],
  ['http://127.0.0.1:8888/lab?token=abc', 'http://127.0.0.1:8888/lab?token=abc'],
  ['https://аpple.example/', 'https://xn--pple-43d.example/'],
  ['https://bank.example@evil.example/', null],
  ['file:///etc/passwd', null],
  ['javascript:alert(1)', null],
  ['vscode://settings', null],
  ['not a link', null],
])('%s', (text, expected) => {
  expect(safeLink(text)).toBe(expected);
});
