import { describe, expect, it } from 'vitest';
import { definitionSource, labelSource } from './definitionSource.ts';

describe('the source of an image', () => {
  it.each([
    ['Bootstrap: docker\nFrom: alpine:3.20\n', 'docker://alpine:3.20'],
    ['bootstrap: docker\nfrom: ubuntu:24.04 # why\n\n%post\n From: no\n', 'docker://ubuntu:24.04'],
    [
      'BootStrap: docker\nRegistry: http://localhost:5000\nNamespace: lab\nFrom: tool:1',
      'docker://localhost:5000/lab/tool:1',
    ],
    ['Bootstrap: library\nFrom: lolcow', 'library://lolcow'],
    ['Bootstrap: oci\nFrom: /data/layout', 'oci:/data/layout'],
    ['Bootstrap: docker-archive\nFrom: x.tar', 'docker-archive:x.tar'],
    ['Bootstrap: localimage\nFrom: base.sif', 'base.sif'],
    ['Bootstrap: debootstrap\nOSVersion: bookworm\nMirrorURL: http://deb/', 'debootstrap bookworm'],
    ['Bootstrap: scratch\n%setup\n', 'scratch'],
    [
      '# a comment\n\nBootstrap: docker\nFrom: a\nStage: build\n%post\n x\nBootstrap: docker\nFrom: b\n%files from build\n',
      'docker://b',
    ],
    ['%post\n echo no header', null],
    ['Bootstrap:\nFrom: x', null],
    ['', null],
  ])('is found in %j', (definition, source) => {
    expect(definitionSource(definition)).toBe(source);
  });

  it('is found in a hostile text in a moment', () => {
    expect(definitionSource('Bootstrap: '.repeat(100_000))).toBe(
      'bootstrap: '.repeat(100_000).slice(11, 1035).trim(),
    );
    expect(definitionSource('Bootstrap: x\n'.repeat(50_000))).toBe('x');
  });

  it('is found in the labels of an image without a definition', () => {
    const label = (name: string, value: string) => ({
      name: `org.label-schema.usage.singularity.deffile.${name}`,
      value,
    });
    expect(labelSource([label('bootstrap', 'docker'), label('from', 'r/x:1')])).toBe('docker://r/x:1');
    expect(labelSource([{ name: 'other', value: 'x' }])).toBeNull();
  });
});
