import { CircleSlash, Lock, PencilLine, ShieldUser, SquareTerminal, Wrench } from 'lucide-react';
import { useState } from 'react';
import type { Sandbox, SandboxWay } from '#core/contract/sandboxes.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { attempt } from '#renderer/state/notices.ts';
import { Badge } from '#renderer/ui/Badge.tsx';
import { Button } from '#renderer/ui/Button.tsx';
import { Checkbox } from '#renderer/ui/Checkbox.tsx';
import { openSandboxShell } from './sandboxActions.ts';
import { sharedLimits, wayParts } from './wayParts.ts';

const icons = {
  readOnly: Lock,
  writable: PencilLine,
  writableRoot: ShieldUser,
  charliecloud: Wrench,
  bubblewrap: Wrench,
  unshare: Wrench,
} as const;

export interface WayListProps {
  readonly sandbox: Sandbox;
  readonly ways: readonly SandboxWay[];
}

/** The ways into a sandbox on its host, in words, each with what is lost, and a button that opens the dock there. */
export function WayList({ sandbox, ways }: WayListProps) {
  const text = useText('sandboxes');
  const isWithout = ways.some((way) => isOther(way) && way.isPossible);
  // Without a runtime its own ways are one sentence, not three.
  const hasRuntime = ways.some((way) => !isOther(way) && way.isPossible);
  const shown = hasRuntime ? ways : ways.filter(isOther);
  const shared = hasRuntime ? [] : sharedLimits(shown);
  const title = text(hasRuntime || !isWithout ? 'ways.title' : 'ways.titleNone');
  return (
    <section aria-label={title} className="flex flex-col gap-1.5">
      <h3 className="font-semibold">{title}</h3>
      {hasRuntime ? null : (
        <div className="text-small text-ink-2">
          <p className="text-pretty">{text('ways.noRuntime')}</p>
          {shared.length === 0 ? null : <Limits limits={shared} />}
        </div>
      )}
      <ul className="flex flex-col rounded-control border border-line bg-bg">
        {shown.map((way) => (
          <Way
            key={way.id}
            sandbox={sandbox}
            way={{ ...way, limits: way.limits.filter((limit) => !shared.includes(limit)) }}
          />
        ))}
      </ul>
    </section>
  );
}

function isOther({ id }: SandboxWay): boolean {
  return id === 'charliecloud' || id === 'bubblewrap' || id === 'unshare';
}

function Way({ sandbox, way }: { readonly sandbox: Sandbox; readonly way: SandboxWay }) {
  const text = useText('sandboxes');
  const [isWritable, setIsWritable] = useState(false);
  const [isRoot, setIsRoot] = useState(false);
  const [isOpening, setIsOpening] = useState(false);
  const name = text(`ways.names.${way.id}`);
  const { title, rest } = wayParts(way.sentence);
  const Icon = icons[way.id];

  async function open() {
    setIsOpening(true);
    try {
      const { hostId, path } = sandbox;
      await openSandboxShell({ hostId, path, way: way.id, isWritable, isRoot });
    } finally {
      setIsOpening(false);
    }
  }

  return (
    <li className="flex items-start gap-2.5 border-line p-2.5 not-first:border-t">
      <Icon
        aria-hidden
        className={
          way.isPossible ? 'mt-0.5 size-4 shrink-0 text-accent' : 'mt-0.5 size-4 shrink-0 text-ink-3'
        }
        strokeWidth={1.75}
      />
      <div className="flex min-w-0 flex-1 flex-col gap-0.5">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          {title}
          {way.isPossible ? null : <Badge icon={CircleSlash}>{text('ways.impossible')}</Badge>}
        </p>
        {rest === '' ? null : <p className="text-small text-pretty text-ink-2">{rest}</p>}
        {way.limits.length === 0 ? null : <Limits limits={way.limits} />}
        {isOther(way) && way.isPossible ? (
          <fieldset aria-label={text('ways.options', { way: name })} className="mt-1 flex gap-4">
            <Checkbox label={text('ways.isWritable')} isChecked={isWritable} onChange={setIsWritable} />
            {way.id === 'unshare' ? null : (
              <Checkbox label={text('ways.isRoot')} isChecked={isRoot} onChange={setIsRoot} />
            )}
          </fieldset>
        ) : null}
      </div>
      {way.isPossible ? (
        <Button
          icon={SquareTerminal}
          aria-label={text('ways.openOf', { way: name })}
          isBusy={isOpening}
          onClick={() => attempt(open)}
        >
          {text('ways.open')}
        </Button>
      ) : null}
    </li>
  );
}

function Limits({ limits }: { readonly limits: readonly string[] }) {
  return (
    <ul className="ml-3.5 list-disc text-small text-ink-2 marker:text-ink-3">
      {limits.map((limit) => (
        <li key={limit} className="text-pretty">
          {limit}
        </li>
      ))}
    </ul>
  );
}
