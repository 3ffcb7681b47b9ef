import type { Host } from '#core/contract/hosts.ts';
import { formatBytes, formatDuration } from '#core/contract/quantity.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { hostCondition } from '#renderer/state/hosts.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { classNames } from '#renderer/ui/classNames.ts';
import { DefinitionList } from '#renderer/ui/DefinitionList.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { useNow } from '#renderer/ui/when.ts';
import { conditionLooks } from './hostLooks.ts';
import { hostsPageStore } from './hostsState.ts';
import { OldNote } from './OldNote.tsx';
import { ReasonActions } from './ReasonActions.tsx';
import { Runtimes } from './Runtimes.tsx';
import { useDiagnosis } from './useDiagnosis.ts';
import { VerdictBadges } from './VerdictBadges.tsx';

/** How a host is: its line and why, what works there in numbers, its runtimes and its folders. */
export function HostOverview({ host }: { readonly host: Host }) {
  const text = useText('hosts');
  const { facts } = host;
  const { reason } = host.connection;
  return (
    <div className="flex flex-col gap-4 px-3 pb-4">
      <StateCard host={host} />
      {reason === null ? null : (
        <ErrorNotice report={reason} action={<ReasonActions host={host} report={reason} />} />
      )}
      {facts === null ? null : (
        <>
          <OldNote host={host} />
          <VerdictCount host={host} />
          <Runtimes host={host} />
          <section className="flex flex-col gap-2">
            <h3 className="font-semibold">{text('facts')}</h3>
            <DefinitionList
              items={[
                {
                  term: text('system'),
                  value: `${facts.operatingSystem}, ${facts.kernel}, ${facts.architecture}`,
                },
                { term: text('user'), value: text('uid', { user: facts.userName, uid: facts.uid }) },
                { term: text('privilege'), value: facts.privilege },
                { term: text('home'), value: <Path path={facts.homeFolder} /> },
                ...(host.imageFolders.length === 0
                  ? []
                  : [
                      {
                        term: text('imageFolders'),
                        value: host.imageFolders.map((folder) => (
                          <div key={folder}>
                            <Path path={folder} />
                          </div>
                        )),
                      },
                    ]),
                ...(facts.freeBytes === null
                  ? []
                  : [
                      {
                        term: text('free'),
                        value: text('freeDetail', { size: formatBytes(facts.freeBytes) }),
                      },
                    ]),
              ]}
            />
          </section>
        </>
      )}
    </div>
  );
}

function Path({ path }: { readonly path: string }) {
  return (
    <bdi dir="ltr" className="font-mono text-code">
      {path}
    </bdi>
  );
}

/** The state in large, with a sentence that says what it means. */
function StateCard({ host }: { readonly host: Host }) {
  const text = useText('hosts');
  const now = useNow(10_000);
  const condition = hostCondition(host);
  const { icon: Icon, className, isTurning } = conditionLooks[condition];
  const seconds = (now - host.connection.since) / 1000;
  const isApart = condition === 'connected' && host.preferences?.sharesConnection === false;
  return (
    <div
      role="status"
      className="flex items-center gap-3 rounded-card border border-line bg-panel px-3 py-2.5"
    >
      <span className="grid size-9 shrink-0 place-items-center rounded-pill border border-line bg-bg">
        <Icon
          aria-hidden
          strokeWidth={2}
          className={classNames('size-4.5', className, isTurning && 'animate-spin')}
        />
      </span>
      <div className="min-w-0">
        <p className="text-title font-[650]">
          <span className="inline-block first-letter:uppercase">{text(`condition.${condition}`)}</span>
          {host.kind === 'ssh' && host.connection.since > 0 && seconds >= 1 ? (
            <span className="pl-2 text-small font-normal text-ink-3">
              {text('since', { time: formatDuration(seconds) })}
            </span>
          ) : null}
        </p>
        <p className="text-small text-pretty text-ink-2">
          {text(isApart ? 'conditionText.connectedApart' : `conditionText.${condition}`)}
        </p>
      </div>
    </div>
  );
}

function VerdictCount({ host }: { readonly host: Host }) {
  const text = useText('hosts');
  const { data } = useDiagnosis(host);
  if (data === undefined) return null;
  return (
    <section className="flex flex-wrap items-center gap-x-3 gap-y-2">
      <h3 className="font-semibold">{text('whatWorks')}</h3>
      <VerdictBadges verdicts={data.verdicts} />
      <Button onClick={() => hostsPageStore.setState({ tab: 'doctor' })}>{text('doctorShow')}</Button>
    </section>
  );
}
