import { useQuery } from '@tanstack/react-query';
import { Sparkles, Trash2, Unplug } from 'lucide-react';
import { useState } from 'react';
import type { Host, Leftover } from '#core/contract/hosts.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { contractQuery } from '#renderer/api/query.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { isReachable } from '#renderer/state/hosts.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Checkbox } from '#renderer/ui/Checkbox.tsx';
import { EmptyState } from '#renderer/ui/EmptyState.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { agoText, useNow, wholeTimeText } from '#renderer/ui/when.ts';
import { ConnectionButton } from './ConnectionButton.tsx';
import { RemoveLeftoversDialog } from './RemoveLeftoversDialog.tsx';

/** What killed or cut work left on a host, with sizes, to be removed. */
export function LeftoversTab({ host }: { readonly host: Host }) {
  const text = useText('hosts');
  const leftovers = useQuery({
    ...contractQuery({
      path: 'hosts.leftovers',
      hostId: host.id,
      call: (signal) => client.hosts.leftovers({ hostId: host.id }, { signal }),
    }),
    staleTime: 0,
    enabled: isReachable(host),
  });
  const refetch = () => void leftovers.refetch();
  if (!isReachable(host)) {
    return (
      <EmptyState
        icon={Unplug}
        title={text('doctorNever')}
        text={text('leftovers.away', { host: host.label })}
      >
        <ConnectionButton host={host} />
      </EmptyState>
    );
  }
  if (leftovers.error !== null) {
    return (
      <div className="px-3">
        <ErrorNotice
          report={failureReport(leftovers.error)}
          action={<Button onClick={refetch}>{text('checkAgain')}</Button>}
        />
      </div>
    );
  }
  if (leftovers.data === undefined) return <Spinner className="px-3" />;
  const found = leftovers.data.leftovers;
  if (found.length === 0) {
    return (
      <EmptyState
        icon={Sparkles}
        title={text('leftovers.none')}
        text={text('leftovers.noneText', { host: host.label })}
      />
    );
  }
  return <Leftovers host={host} leftovers={found} onRemoved={refetch} />;
}

interface LeftoversProps {
  readonly host: Host;
  readonly leftovers: readonly Leftover[];
  readonly onRemoved: () => void;
}

function Leftovers({ host, leftovers, onRemoved }: LeftoversProps) {
  const text = useText('hosts');
  const now = useNow(10_000);
  const [leftOut, setLeftOut] = useState<ReadonlySet<string>>(new Set());
  const [isAsking, setIsAsking] = useState(false);
  const chosen = leftovers.filter(({ id }) => !leftOut.has(id));
  const isAll = chosen.length === leftovers.length ? true : chosen.length === 0 ? false : 'indeterminate';

  function toggle(id: string, isChosen: boolean) {
    setLeftOut((known) => new Set(isChosen ? [...known].filter((other) => other !== id) : [...known, id]));
  }

  return (
    <div className="pb-4">
      <div className="flex items-center gap-3 px-3 pb-2">
        <p className="min-w-0 flex-1 text-small text-pretty text-ink-3">{text('leftovers.text')}</p>
        <Button icon={Trash2} disabled={chosen.length === 0} onClick={() => setIsAsking(true)}>
          {text('leftovers.remove', { count: chosen.length })}
        </Button>
      </div>
      <table className="w-full border-collapse text-left">
        <thead className="text-small text-ink-2">
          <tr className="border-y border-line">
            <th scope="col" className="w-8 py-1.5 pl-3">
              <Checkbox
                isLabelHidden
                label={text('leftovers.all')}
                isChecked={isAll}
                onChange={(isChosen) => setLeftOut(new Set(isChosen ? [] : leftovers.map(({ id }) => id)))}
              />
            </th>
            <th scope="col" className="px-2 py-1.5 font-medium">
              {text('leftovers.name')}
            </th>
            <th scope="col" className="px-2 py-1.5 text-right font-medium">
              {text('leftovers.size')}
            </th>
            <th scope="col" className="px-3 py-1.5 text-right font-medium">
              {text('leftovers.changed')}
            </th>
          </tr>
        </thead>
        <tbody>
          {leftovers.map(({ id, title, sizeBytes, modifiedAt }) => (
            <tr key={id} className="border-b border-line">
              <td className="py-1.5 pl-3">
                <Checkbox
                  isLabelHidden
                  label={title}
                  isChecked={!leftOut.has(id)}
                  onChange={(isChosen) => toggle(id, isChosen)}
                />
              </td>
              <td className="px-2 py-1.5 [overflow-wrap:anywhere]">
                <bdi>{title}</bdi>
              </td>
              <td className="px-2 py-1.5 text-right whitespace-nowrap tabular-nums">
                {sizeBytes === null ? text('leftovers.sizeUnknown') : formatBytes(sizeBytes)}
              </td>
              <td
                title={wholeTimeText(modifiedAt)}
                className="px-3 py-1.5 text-right whitespace-nowrap text-ink-2"
              >
                {agoText(modifiedAt, now)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {isAsking ? (
        <RemoveLeftoversDialog
          host={host}
          leftovers={chosen}
          onClose={() => setIsAsking(false)}
          onRemoved={onRemoved}
        />
      ) : null}
    </div>
  );
}
