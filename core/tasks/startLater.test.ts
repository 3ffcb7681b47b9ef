import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startLater } from './startLater.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('starts work in a while, and tells what goes wrong', async () => {
  const onProblem = vi.fn();
  const start = vi.fn(() => Promise.reject(new Error('no room')));
  startLater(start, { signal: new AbortController().signal, onProblem });
  expect(start).not.toHaveBeenCalled();
  await vi.runAllTimersAsync();
  expect(start).toHaveBeenCalledOnce();
  expect(onProblem).toHaveBeenCalledOnce();
});

test('starts nothing in a process that ends before', async () => {
  const closing = new AbortController();
  const start = vi.fn(() => Promise.resolve());
  startLater(start, { signal: closing.signal, onProblem: vi.fn() });
  closing.abort();
  await vi.runAllTimersAsync();
  expect(start).not.toHaveBeenCalled();
});
