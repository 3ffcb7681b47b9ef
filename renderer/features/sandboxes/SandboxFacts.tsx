import { UsersRound } from 'lucide-react';
import { formatBytes } from '#core/contract/quantity.ts';
import type { Sandbox } from '#core/contract/sandboxes.ts';
import { runCommand } from '#renderer/commands/registry.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Badge } from '#renderer/ui/Badge.tsx';
import { Button } from '#renderer/ui/Button.tsx';
import { CopyButton } from '#renderer/ui/CopyButton.tsx';
import { type Definition, DefinitionList } from '#renderer/ui/DefinitionList.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { clockText, useNow, wholeTimeText } from '#renderer/ui/when.ts';

const minuteMs = 60_000;

/** What is known of a sandbox: where it is, what it was made from, how large it is, whose files it has. */
export function SandboxFacts({ sandbox }: { readonly sandbox: Sandbox }) {
  const text = useText('sandboxes');
  const now = useNow(minuteMs);
  const { base, createdAt, lastUsedAt, path } = sandbox;
  const moment = (at: number) => ({ value: clockText(at, now), title: wholeTimeText(at) });
  const items: readonly Definition[] = [
    {
      term: text('about.path'),
      value: <Code value={path} copy={text('about.copyPath')} />,
    },
    {
      term: text('about.base'),
      value:
        base === null ? (
          text('unknownBase')
        ) : (
          <span className="inline-flex max-w-full flex-wrap items-center gap-1.5">
            <bdi dir="ltr" data-selectable className="font-mono text-code [overflow-wrap:anywhere]">
              {showControls(base.from)}
            </bdi>
            <Badge>{text(`about.kinds.${base.kind}`)}</Badge>
          </span>
        ),
    },
    ...(base?.digest == null
      ? []
      : [
          {
            term: text('about.digest'),
            value: <Code value={base.digest} copy={text('about.copyDigest')} />,
          },
        ]),
    {
      term: text('about.created'),
      ...(createdAt === null ? { value: text('about.notHere') } : moment(createdAt)),
    },
    {
      term: text('about.used'),
      ...(lastUsedAt === null ? { value: text('neverUsed') } : moment(lastUsedAt)),
    },
    { term: text('about.size'), value: <Size sandbox={sandbox} now={now} /> },
    { term: text('about.owners'), value: <Owners hasForeign={sandbox.hasForeignOwners} /> },
  ];
  return <DefinitionList items={items} />;
}

function Code({ value, copy }: { readonly value: string; readonly copy: string }) {
  return (
    <span className="flex min-w-0 items-start gap-1">
      <bdi dir="ltr" data-selectable className="min-w-0 font-mono text-code [overflow-wrap:anywhere]">
        {showControls(value)}
      </bdi>
      <CopyButton value={value} label={copy} />
    </span>
  );
}

function Size({ sandbox, now }: { readonly sandbox: Sandbox; readonly now: number }) {
  const text = useText('sandboxes');
  const { size } = sandbox;
  return (
    <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
      {size === null ? (
        text('notMeasured')
      ) : (
        <span title={text('about.sizedAt', { when: wholeTimeText(size.measuredAt) })}>
          {text('about.sized', { size: formatBytes(size.bytes), files: size.files })}
          <span className="text-ink-3">
            {', '}
            {text('about.sizedAt', { when: clockText(size.measuredAt, now) })}
          </span>
        </span>
      )}
      <Button tone="quiet" className="-my-1.5" onClick={() => void runCommand('sandboxes.measure')}>
        {text(size === null ? 'about.measure' : 'about.measureAgain')}
      </Button>
    </span>
  );
}

function Owners({ hasForeign }: { readonly hasForeign: boolean | null }) {
  const text = useText('sandboxes');
  if (hasForeign !== true) return text(hasForeign === null ? 'about.ownersUnknown' : 'about.ownOnly');
  return (
    <span className="flex items-start gap-1.5">
      <UsersRound aria-hidden className="mt-0.5 size-3.5 shrink-0 text-ink-2" />
      <span className="text-pretty">{text('about.foreign')}</span>
    </span>
  );
}
