import {
  Cable,
  CircleCheck,
  CircleSlash,
  EyeOff,
  HardDrive,
  KeyRound,
  Link2Off,
  Link as LinkIcon,
  type LucideIcon,
  ShieldAlert,
  User,
} from 'lucide-react';
import type { PackPlan, StrayFile } from '#core/contract/handover.ts';
import type { HostPath } from '#core/contract/hostPath.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Checkbox } from '#renderer/ui/Checkbox.tsx';
import { classNames } from '#renderer/ui/classNames.ts';
import { showControls } from '#renderer/ui/hostileText.ts';
import { canBeIncluded, countLeftOut, isLeftOut, type StrayKind, strayGroups } from './strayGroups.ts';

const icons: Readonly<Record<StrayKind, LucideIcon>> = {
  secret: KeyRound,
  unreadable: EyeOff,
  foreignOwner: User,
  linkOut: Link2Off,
  linkAbsolute: LinkIcon,
  setuid: ShieldAlert,
  socket: Cable,
  device: HardDrive,
};

export interface StrayListProps {
  readonly plan: Pick<PackPlan, 'strays' | 'moreStrays'>;
  /** What it is called, and what it means that a secret goes along; for a file that is handed on when not given. */
  readonly words?: { readonly title: string; readonly secretsHint: string };
  /** Paths that go along after all. */
  readonly confirmed: ReadonlySet<HostPath>;
  readonly onChange: (confirmed: ReadonlySet<HostPath>) => void;
}

/** What of a workspace will not do elsewhere or should not go there, by kind; each is left out or included on its own. */
export function StrayList({ plan, words, confirmed, onChange }: StrayListProps) {
  const text = useText('workspacesForms');
  const { strays, moreStrays } = plan;
  const title = words?.title ?? text('strays.title');
  if (strays.length === 0) {
    return (
      <p role="status" className="flex items-start gap-2 text-small text-ink-2">
        <CircleCheck aria-hidden className="mt-px size-4 shrink-0 text-ok" strokeWidth={1.75} />
        {text('pack.packed')}
      </p>
    );
  }
  const toggle = (path: HostPath, isIncluded: boolean) => {
    const next = new Set(confirmed);
    if (isIncluded) next.add(path);
    else next.delete(path);
    onChange(next);
  };
  return (
    <section aria-label={title} className="flex flex-col gap-1">
      <h3 className="flex items-baseline gap-2 text-small font-medium text-ink-2">
        {title}
        <span role="status" className="font-normal text-ink-3 tabular-nums">
          {text('strays.left', { count: countLeftOut(strays, confirmed) })}
        </span>
      </h3>
      <div className="max-h-64 overflow-auto rounded-control border border-line" data-selectable>
        {strayGroups(strays).map(({ kind, files }) => {
          const Icon = icons[kind];
          return (
            <section key={kind} aria-label={text(`strays.kinds.${kind}`)}>
              <h4
                className={classNames(
                  'sticky top-0 flex items-center gap-2 border-b border-line px-2.5 py-1 text-small',
                  kind === 'secret' ? 'bg-bad-soft' : 'bg-panel',
                )}
              >
                <Icon
                  aria-hidden
                  className={classNames('size-4 shrink-0', kind === 'secret' ? 'text-bad' : 'text-ink-2')}
                  strokeWidth={1.75}
                />
                <span className="font-semibold whitespace-nowrap">{text(`strays.kinds.${kind}`)}</span>
                <span className="text-ink-3 tabular-nums">{files.length.toLocaleString()}</span>
                <span className="min-w-0 truncate text-ink-2" title={text(`strays.hints.${kind}`)}>
                  {text(`strays.hints.${kind}`)}
                </span>
              </h4>
              <ul>
                {files.map((stray) => (
                  <StrayRow
                    key={stray.path}
                    stray={stray}
                    isOut={isLeftOut(stray, confirmed)}
                    onChange={(isIncluded) => toggle(stray.path, isIncluded)}
                  />
                ))}
              </ul>
            </section>
          );
        })}
      </div>
      {moreStrays === 0 ? null : (
        <p className="text-small text-ink-3 tabular-nums">{text('strays.more', { count: moreStrays })}</p>
      )}
      <p className="text-small text-pretty text-ink-3">
        {text('strays.includeHint')}{' '}
        {strays.some(({ kind }) => kind === 'secret')
          ? (words?.secretsHint ?? text('strays.secretsHint'))
          : null}
      </p>
    </section>
  );
}

interface StrayRowProps {
  readonly stray: StrayFile;
  readonly isOut: boolean;
  readonly onChange: (isIncluded: boolean) => void;
}

function StrayRow({ stray, isOut, onChange }: StrayRowProps) {
  const text = useText('workspacesForms');
  const { path, detail } = stray;
  return (
    <li className="flex items-center gap-2 border-b border-line/55 py-1 pr-2.5 pl-2.5 text-small last:border-b-0">
      {stray.isLeftOut && canBeIncluded(stray) ? (
        <Checkbox
          isLabelHidden
          label={text('strays.include', { path })}
          isChecked={!isOut}
          onChange={onChange}
        />
      ) : (
        <span className="w-6 shrink-0" />
      )}
      <span className="min-w-0 flex-1">
        <bdi dir="ltr" className="block font-mono text-code [overflow-wrap:anywhere]">
          {path}
        </bdi>
        {detail === '' ? null : (
          <span className="block [overflow-wrap:anywhere] text-ink-3">{showControls(detail)}</span>
        )}
      </span>
      <span
        className={classNames(
          'flex shrink-0 items-center gap-1 text-tiny',
          isOut ? 'text-ink-3' : stray.kind === 'secret' ? 'font-semibold text-bad' : 'text-ink-2',
        )}
      >
        {isOut ? (
          <CircleSlash aria-hidden className="size-3.5" />
        ) : (
          <CircleCheck aria-hidden className="size-3.5" />
        )}
        {text(isOut ? 'strays.leftOut' : 'strays.included')}
      </span>
    </li>
  );
}
