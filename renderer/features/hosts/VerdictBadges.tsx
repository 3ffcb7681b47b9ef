import type { Verdict } from '#core/contract/hosts.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Badge } from '#renderer/ui/Badge.tsx';

/** How many verdicts are good, at risk and blocked; what there is none of is left out. */
export function VerdictBadges({ verdicts }: { readonly verdicts: readonly Verdict[] }) {
  const text = useText('hosts');
  const count = (level: Verdict['level']) => verdicts.filter((verdict) => verdict.level === level).length;
  const levels = [
    { level: 'works', tone: 'ok' },
    { level: 'risk', tone: 'warn' },
    { level: 'blocked', tone: 'bad' },
  ] as const;
  return (
    <span className="flex flex-wrap items-center gap-1.5">
      {levels.map(({ level, tone }) =>
        count(level) === 0 ? null : (
          <Badge key={level} tone={tone}>
            {text(`doctorCount.${level}`, { count: count(level) })}
          </Badge>
        ),
      )}
    </span>
  );
}
