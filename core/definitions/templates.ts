import type { DefinitionTemplate } from '#core/contract/definitions.ts';

/** The build puts them into the program, so that they are there however it was installed. */
const texts = import.meta.glob<string>('../../assets/definitions/*.def', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** From the simplest to the longest. */
const order = ['busybox', 'debian', 'conda', 'cuda-pytorch', 'mpi-hybrid', 'r', 'spack', 'minimal'];

/** Definition files to begin with. Each begins with two comments: `TITLE: what it is`, and what one should know. */
export const templates: readonly DefinitionTemplate[] = Object.entries(texts)
  .map(([path, text]) => templateOf(path.replace(/^.*\/|\.def$/g, ''), text))
  .sort((one, other) => placeOf(one.id) - placeOf(other.id));

function templateOf(id: string, text: string): DefinitionTemplate {
  const [first = '', second = ''] = text.split('\n').map((line) => line.replace(/^#\s*/, ''));
  const colon = first.indexOf(': ');
  const what = first.slice(colon + 2);
  return {
    id,
    title: first.slice(0, colon),
    description: `${what.charAt(0).toUpperCase()}${what.slice(1)}. ${second}`,
    text,
  };
}

function placeOf(id: string): number {
  const place = order.indexOf(id);
  return place < 0 ? order.length : place;
}
