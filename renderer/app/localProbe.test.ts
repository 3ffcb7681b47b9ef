// @vitest-environment happy-dom
import { expect, it, vi } from 'vitest';
import { hostsStore } from '#renderer/state/hosts.ts';
import { serveFakeCore } from '#renderer/testing/fakeCore.ts';
import { sampleHost, sampleSshHost } from '#renderer/testing/samples.ts';
import { followLocalProbe } from './localProbe.ts';

const begin = vi.fn(() => ({}));
const unknown = { ...sampleHost, state: 'checking', facts: null } as const;

it('is asked for until core has looked at its machine, and again of another core', async () => {
  serveFakeCore((os) => ({ hosts: { begin: os.hosts.begin.handler(begin) } }));
  hostsStore.setState({ isLoaded: true, hosts: [unknown] });
  followLocalProbe();
  await vi.waitFor(() => expect(begin).toHaveBeenCalledTimes(1));
  hostsStore.setState({ hosts: [sampleHost, sampleSshHost({ facts: null })] });
  hostsStore.setState({ hosts: [unknown] });
  await vi.waitFor(() => expect(begin).toHaveBeenCalledTimes(2));
});
