import { describe, expect, it } from 'vitest';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { environment } from './lines.fixture.ts';
import { listConfiguredHosts } from './sshConfigHosts.ts';
import { resolveDestination } from './sshDestination.ts';

describe.skipIf(whyMissing('ssh') !== null)('the hosts that could be added', () => {
  const { ssh } = testbed();

  it('come with the address that ssh itself finds', async () => {
    const offered = await listConfiguredHosts(environment, { configFile: ssh.config });
    expect(offered).toContainEqual({ destination: 'cluster', address: `alice@127.0.0.1:${ssh.near.port}` });
    expect(offered).toContainEqual({
      destination: 'cluster-jump',
      address: `alice@${ssh.far.address}:22 via cluster`,
    });
    expect(offered.map(({ destination }) => destination)).not.toContain('cluster*');
  });

  it('are never taken for an option', async () => {
    await expect(resolveDestination('-oProxyCommand=id', null, { environment })).rejects.toMatchObject({
      report: { code: 'host.sshFailed' },
    });
    const given = await resolveDestination('bob@login.example.org', 2022, {
      environment,
      configFile: ssh.config,
    });
    expect(given.address).toBe('bob@login.example.org:2022');
  });
});
