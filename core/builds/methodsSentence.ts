import type { BuildRecord } from '#core/contract/builds.ts';
import { baseName, hostPathToText } from '#core/contract/hostPath.ts';
import { buildOutline } from '#core/runtime/definition/buildOutline.ts';

const productNames: Readonly<Record<string, string>> = {
  apptainer: 'Apptainer',
  'singularity-ce': 'SingularityCE',
  singularitypro: 'SingularityPRO',
  singularity: 'Singularity',
};

/** What the methods section of a paper says of a build. */
export function methodsSentence(record: BuildRecord): string {
  const image = hostPathToText(baseName(record.target)) ?? record.name;
  const product = productNames[record.runtime.product] ?? record.runtime.product;
  const day = new Date(record.endedAt ?? record.startedAt).toISOString().slice(0, 10);
  const given = Object.fromEntries(
    record.buildArguments.flatMap(({ name, value }) => (value === null ? [] : [[name, value] as const])),
  );
  const bases = buildOutline(record.definition.text, given)
    .bases.map(({ agent, from }) =>
      from === '' ? agent : `${agent}://${from}`.replace(/^localimage:\/\//, ''),
    )
    .join(', ');
  const digest = record.digest === null ? '' : ` (${record.digest})`;
  const values = record.buildArguments.map(({ name, value }) => `${name}=${value ?? 'not kept'}`).join(', ');
  return [
    `The container image ${image}${digest} was built for ${record.architecture} on ${day} with ${product} ${record.runtime.version} from the definition file ${record.name}`,
    bases === '' ? '' : `, based on ${bases}`,
    values === '' ? '' : `, with the build arguments ${values}`,
    record.test === 'passed' ? '; its own test passed.' : '.',
  ].join('');
}
