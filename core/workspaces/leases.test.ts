import { expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { leaseHead, readLease } from './leases.ts';

const boot = '84ee1150-af04-4ff7-b357-7853efebcbf8';
const stat = (state: string, start: string, threads = 1) =>
  `77 (a) b) ${state} 1 ${'0 '.repeat(15)}${threads} 0 ${start} 0 0`;
const text = `${leaseHead({ user: 'al"ice', what: "Shell in 'x'\n" })}"node":"n1","bootId":"${boot}","processId":77,"startTicks":"1234","since":1000}\n`;

function read(bytes: string, more: Partial<Parameters<typeof readLease>[0]> = {}) {
  return readLease({
    name: hostPathFromText('n1-77-1234.json'),
    bytes: new TextEncoder().encode(bytes),
    node: 'n1',
    bootId: boot,
    processStat: stat('S', '1234'),
    ...more,
  });
}

it('tells who has a workspace open, and whether that process still runs', () => {
  expect(read(text)).toEqual({
    user: 'al"ice',
    node: 'n1',
    processId: 77,
    since: 1000,
    what: "Shell in 'x'\n",
    isAlive: true,
  });
  expect(read(text, { processStat: null })?.isAlive).toBe(false);
  expect(read(text, { processStat: stat('S', '1235') })?.isAlive).toBe(false);
  expect(read(text, { processStat: stat('Z', '1234') })?.isAlive).toBe(false);
  expect(read(text, { processStat: stat('Z', '1234', 3) })?.isAlive).toBe(true);
  expect(read(text, { bootId: 'another' })?.isAlive).toBe(false);
  expect(read(text, { node: 'n2' })?.isAlive).toBeNull();
});

it('takes nothing else for a lease', () => {
  for (const bytes of [
    '',
    '{',
    'null',
    '[]',
    '{"version":1}',
    text.replace('77', '-1'),
    text.replace('1234"', '1 2"'),
  ])
    expect(read(bytes)).toBeNull();
});
