import { useQuery } from '@tanstack/react-query';
import {
  Check,
  CircleDashed,
  Download,
  type LucideIcon,
  Plus,
  Stethoscope,
  TriangleAlert,
} from 'lucide-react';
import { type ReactNode, useEffect } from 'react';
import type { Host } from '#core/contract/hosts.ts';
import { client } from '#renderer/api/client.ts';
import { contractQuery } from '#renderer/api/query.ts';
import { runCommand } from '#renderer/commands/registry.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { chosenRuntime, currentHost, useHosts } from '#renderer/state/hosts.ts';
import { goToPage, type PageId } from '#renderer/state/layout.ts';
import { attempt } from '#renderer/state/notices.ts';
import { changeSettings, settingsStore, useSettings } from '#renderer/state/settings.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { classNames } from '#renderer/ui/classNames.ts';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { showHostsDialog } from './hostsState.ts';
import { InstallAdvice } from './InstallAdvice.tsx';

function rememberWelcome(): void {
  if (settingsStore.getState().settings?.welcomed === false)
    attempt(() => changeSettings({ welcomed: true }));
}

/** The first start: a runtime, a place for images, a first image. */
export function WelcomePage() {
  const text = useText('welcome');
  const host = useHosts(currentHost);
  const folder = useSettings((state) => state.settings?.images.folders[0] ?? null);
  const isReady = host?.state === 'ready';

  // However it is left, by a button here, the rail or the palette: it is shown once.
  useEffect(() => rememberWelcome, []);

  function leaveFor(page: PageId, commandId?: string) {
    goToPage(page);
    if (commandId !== undefined) void runCommand(commandId);
  }

  return (
    <div className="h-full overflow-auto">
      <div className="mx-auto flex max-w-150 flex-col gap-5 px-6 py-10">
        <header>
          <h1 className="text-[1.375rem] leading-tight font-[650]">{text('title')}</h1>
          <p className="mt-1 text-heading text-pretty text-ink-2">{text('lead')}</p>
        </header>
        <ol className="overflow-hidden rounded-card border border-line">
          <RuntimeStep host={host} />
          <Step state="done" title={text('folder')}>
            <p className="text-ink-2 [overflow-wrap:anywhere]">
              {folder === null ? text('folderNone') : text('folderText', { folder })}
            </p>
          </Step>
          <HostsStep />
          <Step state="open" title={text('first')}>
            <p className="text-pretty text-ink-2">{text('firstText')}</p>
            <div className="mt-2 flex flex-wrap gap-2">
              <Button
                tone={isReady ? 'primary' : 'plain'}
                icon={Download}
                disabled={!isReady}
                onClick={() => leaveFor('images', 'images.pull')}
              >
                {text('pull')}
              </Button>
              <Button icon={Stethoscope} onClick={() => leaveFor('hosts')}>
                {text('doctor')}
              </Button>
            </div>
          </Step>
        </ol>
        <div>
          <Button tone="quiet" className="-ml-3" onClick={() => leaveFor('images')}>
            {text('start')}
          </Button>
        </div>
      </div>
    </div>
  );
}

function RuntimeStep({ host }: { readonly host: Host | null }) {
  const text = useText('welcome');
  const product = useText('hosts');
  const runtime = chosenRuntime(host);
  if (host === null || host.state === 'checking') {
    return (
      <Step state="open" title={text('runtime')}>
        <p className="flex items-center gap-2 text-ink-2">
          <Spinner label={text('looking')} />
          {text('looking')}
        </p>
      </Step>
    );
  }
  if (runtime === null) {
    return (
      <Step state="trouble" title={text('runtime')}>
        <p>{text('missing')}</p>
        <div className="mt-2">
          <InstallAdvice hostId={host.id} />
        </div>
        <Button className="mt-3" onClick={() => attempt(() => client.hosts.check({ hostId: host.id }))}>
          {text('checkAgain')}
        </Button>
      </Step>
    );
  }
  return (
    <Step state="done" title={text('runtime')}>
      <p>{text('found', { product: product(`product.${runtime.product}`), version: runtime.version })}</p>
      <p className="text-small text-ink-2 [overflow-wrap:anywhere]">
        {text('foundDetail', { path: runtime.path, privilege: host.facts?.privilege ?? '' })}
      </p>
    </Step>
  );
}

/** The machines that the person reaches by ssh already. */
function HostsStep() {
  const text = useText('hosts');
  const known = useHosts((state) => state.hosts.filter(({ kind }) => kind === 'ssh').length);
  // Where the ssh configuration cannot be read, the dialog says why; here only the count is missing.
  const { data } = useQuery(
    contractQuery({
      path: 'hosts.offered',
      hostId: null,
      call: (signal) => client.hosts.offered(undefined, { signal }),
    }),
  );
  const count = data?.hosts.length ?? 0;
  return (
    <Step state={known > 0 ? 'done' : 'open'} title={text('invite.title')}>
      <p className="text-pretty text-ink-2">
        {count === 0 ? text('invite.text') : text('invite.offered', { count })}
      </p>
      <Button className="mt-2" icon={Plus} onClick={() => showHostsDialog({ kind: 'add' })}>
        {text('add')}
      </Button>
    </Step>
  );
}

const stepLooks: Readonly<
  Record<'done' | 'open' | 'trouble', { readonly icon: LucideIcon; readonly className: string }>
> = {
  done: { icon: Check, className: 'text-ok' },
  open: { icon: CircleDashed, className: 'text-ink-3' },
  trouble: { icon: TriangleAlert, className: 'text-warn' },
};

interface StepProps {
  readonly state: keyof typeof stepLooks;
  readonly title: string;
  readonly children: ReactNode;
}

function Step({ state, title, children }: StepProps) {
  const { icon: Icon, className } = stepLooks[state];
  return (
    <li className="flex gap-3 border-b border-line px-4 py-3 last:border-b-0">
      <Icon aria-hidden className={classNames('mt-0.5 size-4 shrink-0', className)} strokeWidth={2} />
      <div className="min-w-0 flex-1">
        <h2 className="font-semibold">{title}</h2>
        {children}
      </div>
    </li>
  );
}
