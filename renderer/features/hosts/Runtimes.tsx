import type { HostPath } from '#core/contract/hostPath.ts';
import type { Host } from '#core/contract/hosts.ts';
import type { RuntimeInstallation } from '#core/contract/runtime.ts';
import { client } from '#renderer/api/client.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { isReachable } from '#renderer/state/hosts.ts';
import { attempt } from '#renderer/state/notices.ts';
import { changeSettings } from '#renderer/state/settings.ts';
import { Badge } from '#renderer/ui/Badge.tsx';
import { Button } from '#renderer/ui/Button.tsx';
import { Tooltip } from '#renderer/ui/Tooltip.tsx';
import { InstallAdvice } from './InstallAdvice.tsx';

/** The runtimes that were found on a host, with which one is used; or how to get one. */
export function Runtimes({ host }: { readonly host: Host }) {
  const text = useText('hosts');
  const runtimes = host.facts?.runtimes ?? [];
  return (
    <section className="flex flex-col gap-2">
      <div>
        <h3 className="font-semibold">{text('runtimes')}</h3>
        <p className="text-small text-ink-3">{text('runtimesText')}</p>
      </div>
      {runtimes.length === 0 ? (
        <>
          <p>{text('noRuntimes')}</p>
          {isReachable(host) ? <InstallAdvice hostId={host.id} /> : null}
        </>
      ) : (
        <ul className="flex flex-col gap-1.5">
          {runtimes.map((runtime) => (
            <RuntimeCard key={runtime.path} runtime={runtime} onChoose={() => choose(host, runtime.path)} />
          ))}
        </ul>
      )}
    </section>
  );
}

/** The choice is kept with the host; this machine's is kept with the workbench's settings. */
function choose(host: Host, runtimePath: HostPath): void {
  const { preferences } = host;
  attempt(() =>
    preferences === null
      ? changeSettings({ runtime: { path: runtimePath } })
      : client.hosts.edit({ hostId: host.id, preferences: { ...preferences, runtimePath } }),
  );
}

interface RuntimeCardProps {
  readonly runtime: RuntimeInstallation;
  readonly onChoose: () => void;
}

function RuntimeCard({ runtime, onChoose }: RuntimeCardProps) {
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
          <Button className="h-6! px-2 text-small" onClick={onChoose}>
            {text('choose')}
          </Button>
        )}
      </p>
    </li>
  );
}
