/**
 * Text of a registries.conf (containers-registries.conf(5), version 2) that sends a registry's pulls to a mirror over
 * plain http. Measured with Apptainer 1.4.5: only a `location` without a path is looked at, `prefix` is not followed,
 * and a mirror that answers `/v2/` is the only one asked.
 */
export function mirrorRegistriesConf(registry: string, mirrorLocation: string): string {
  const locations = registry === 'index.docker.io' ? ['docker.io', 'index.docker.io'] : [registry];
  return locations
    .map((location) =>
      [
        '[[registry]]',
        `location = ${JSON.stringify(location)}`,
        '[[registry.mirror]]',
        `location = ${JSON.stringify(mirrorLocation)}`,
        'insecure = true',
        '',
      ].join('\n'),
    )
    .join('\n');
}

/**
 * Environment under which every request of the runtime that is not for this machine ends at the mirror, which refuses
 * it: Go programs never use a proxy for loopback addresses.
 */
export function mirrorEnvironment(port: number): Readonly<Record<string, string>> {
  const proxy = `http://127.0.0.1:${port}`;
  return {
    HTTP_PROXY: proxy,
    HTTPS_PROXY: proxy,
    NO_PROXY: '',
    http_proxy: proxy,
    https_proxy: proxy,
    no_proxy: '',
  };
}
