import type { Host, HostFact } from '#core/contract/hosts.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { CopyButton } from '#renderer/ui/CopyButton.tsx';
import { DefinitionList } from '#renderer/ui/DefinitionList.tsx';
import { DiagnosisFrame } from './DiagnosisFrame.tsx';
import { inGroups } from './verdictGroups.ts';

/** Everything that the probe found, by what it is about; each group can be copied for a report. */
export function FactsTab({ host }: { readonly host: Host }) {
  return (
    <DiagnosisFrame host={host}>
      {({ facts }) => (
        <div className="flex flex-col gap-4 px-3 pb-4">
          {inGroups(facts).map(({ group, items }) => (
            <FactGroup key={group} group={group} facts={items} />
          ))}
        </div>
      )}
    </DiagnosisFrame>
  );
}

interface FactGroupProps {
  readonly group: HostFact['group'];
  readonly facts: readonly HostFact[];
}

function FactGroup({ group, facts }: FactGroupProps) {
  const text = useText('hosts');
  return (
    <section className="flex flex-col gap-1.5">
      <h3 className="flex items-center gap-1 font-semibold">
        {text(`groups.${group}`)}
        <CopyButton
          value={facts.map(({ name, value }) => `${name}: ${value}`).join('\n')}
          label={text('copyFacts', { group: text(`groups.${group}`) })}
        />
      </h3>
      <DefinitionList
        items={facts.map(({ name, value }) => ({
          term: name,
          value: <span className="font-mono text-code">{value}</span>,
        }))}
      />
    </section>
  );
}
