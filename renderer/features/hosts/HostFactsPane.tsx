import type { Host } from '#core/contract/hosts.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import type { RuntimeInstallation } from '#core/contract/runtime.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { attempt } from '#renderer/state/notices.ts';
import { changeSettings } from '#renderer/state/settings.ts';
import { Badge } from '#renderer/ui/Badge.tsx';
import { Button } from '#renderer/ui/Button.tsx';
import { DefinitionList } from '#renderer/ui/DefinitionList.tsx';
import { Tooltip } from '#renderer/ui/Tooltip.tsx';
import { InstallAdvice } from './InstallAdvice.tsx';

/** Facts of a host: its runtimes, with which one is used, and the machine. */
export function HostFactsPane({ host }: { readonly host: Host }) {
  const text = useText('hosts');
  const { facts } = host;
  if (facts === null) return <aside className="h-full bg-panel p-3" />;
  return (
    <aside className="flex h-full flex-col gap-4 overflow-auto bg-panel p-3">
      <section className="flex flex-col gap-2">
        <div>
          <h2 className="font-semibold">{text('runtimes')}</h2>
          <p className="text-small text-ink-3">{text('runtimesText')}</p>
        </div>
        {facts.runtimes.length === 0 ? (
          <>
            <p>{text('noRuntimes')}</p>
            <InstallAdvice hostId={host.id} />
          </>
        ) : (
          <ul className="flex flex-col gap-1.5">
            {facts.runtimes.map((runtime) => (
              <RuntimeCard key={runtime.path} runtime={runtime} />
            ))}
          </ul>
        )}
      </section>
      <section className="flex flex-col gap-2">
        <h2 className="font-semibold">{text('facts')}</h2>
        <DefinitionList
          items={[
            { term: text('user'), value: text('uid', { user: facts.userName, uid: facts.uid }) },
            { term: text('home'), value: <span className="font-mono text-code">{facts.homeFolder}</span> },
            { term: text('privilege'), value: facts.privilege },
            ...(facts.freeBytes === null
              ? []
              : [{ term: text('free'), value: text('freeDetail', { size: formatBytes(facts.freeBytes) }) }]),
            { term: text('system'), value: facts.operatingSystem },
            { term: text('kernel'), value: facts.kernel },
            { term: text('architecture'), value: facts.architecture },
          ]}
        />
      </section>
    </aside>
  );
}

function RuntimeCard({ runtime }: { readonly runtime: RuntimeInstallation }) {
  const text = useText('hosts');
  return (
    <li className="flex flex-col gap-1 rounded-control border border-line bg-bg px-2.5 py-2">
      <p className="flex flex-wrap items-center gap-2">
        <span className="font-semibold">
          {text(`product.${runtime.product}`)} {runtime.version}
        </span>
        {runtime.isChosen ? <Badge tone="ok">{text('chosen')}</Badge> : null}
        {runtime.isSetuid === null ? null : (
          <Badge>{runtime.isSetuid ? text('setuid') : text('noSetuid')}</Badge>
        )}
        {runtime.knowledge === 'documentation' ? (
          <Tooltip text={text('fromDocumentationHint')}>
            <button type="button" className="rounded-pill">
              <Badge tone="warn">{text('fromDocumentation')}</Badge>
            </button>
          </Tooltip>
        ) : null}
      </p>
      <p className="flex items-center gap-2">
        <code className="min-w-0 flex-1 font-mono text-code text-ink-2 [overflow-wrap:anywhere]">
          {runtime.path}
        </code>
        {runtime.isChosen ? null : (
          <Button
            className="h-6! px-2 text-small"
            onClick={() => attempt(() => changeSettings({ runtime: { path: runtime.path } }))}
          >
            {text('choose')}
          </Button>
        )}
      </p>
    </li>
  );
}
