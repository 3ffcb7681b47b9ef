import { describe, expect, it } from 'vitest';
import { correctedMetadata } from './partMetadata.ts';

const label = 'org.label-schema.usage.singularity.deffile';
const made = (labels: Readonly<Record<string, string>>, deffile: string) =>
  JSON.stringify({ data: { attributes: { labels, runscript: 'a', deffile } }, type: 'container' });
const part = made({ a: 'b', [`${label}.bootstrap`]: 'localimage', [`${label}.from`]: '/kept.sif' }, 'part');

describe('correctedMetadata', () => {
  it('names the whole definition and its base, in the place where the runtime put them', () => {
    expect(correctedMetadata(part, 'whole & more\n', { bootstrap: 'docker', from: 'x' })).toBe(
      made({ a: 'b', [`${label}.bootstrap`]: 'docker', [`${label}.from`]: 'x' }, 'whole & more').replace(
        '&',
        '\\u0026',
      ),
    );
  });

  it('takes the label of a base away where the definition has none', () => {
    expect(correctedMetadata(part, 'whole', { bootstrap: 'scratch', from: null })).toBe(
      made({ a: 'b', [`${label}.bootstrap`]: 'scratch' }, 'whole'),
    );
  });

  it('refuses what is not that', () => {
    for (const text of ['', 'null', '[]', '{"data":{}}', '{"data":{"attributes":{"labels":{"a":1}}}}'])
      expect(correctedMetadata(text, 'whole', { bootstrap: 'docker', from: 'x' })).toBeNull();
  });
});
