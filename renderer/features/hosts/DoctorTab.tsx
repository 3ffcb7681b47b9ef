import { CircleCheck, ClipboardCopy, LoaderCircle, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import type { Diagnosis, Host } from '#core/contract/hosts.ts';
import { formatDuration } from '#core/contract/quantity.ts';
import { client } from '#renderer/api/client.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { isReachable } from '#renderer/state/hosts.ts';
import { addNotice, attempt } from '#renderer/state/notices.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Chip } from '#renderer/ui/Chip.tsx';
import { EmptyState } from '#renderer/ui/EmptyState.tsx';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { Tooltip } from '#renderer/ui/Tooltip.tsx';
import { agoText, useNow } from '#renderer/ui/when.ts';
import { adminMessage } from './adminMessage.ts';
import { DiagnosisFrame } from './DiagnosisFrame.tsx';
import { VerdictBadges } from './VerdictBadges.tsx';
import { VerdictRow } from './VerdictRow.tsx';
import { inGroups } from './verdictGroups.ts';

/** What works on a host, why, and what would mend the rest, in groups. */
export function DoctorTab({ host }: { readonly host: Host }) {
  return (
    <DiagnosisFrame host={host}>
      {(diagnosis) => <Verdicts host={host} diagnosis={diagnosis} />}
    </DiagnosisFrame>
  );
}

interface VerdictsProps {
  readonly host: Host;
  readonly diagnosis: Diagnosis;
}

function Verdicts({ host, diagnosis }: VerdictsProps) {
  const text = useText('hosts');
  const [isTroubleOnly, setIsTroubleOnly] = useState(false);
  const { verdicts } = diagnosis;
  const shown = isTroubleOnly ? verdicts.filter(({ level }) => level !== 'works') : verdicts;
  return (
    <div className="pb-4">
      <div className="flex flex-wrap items-center gap-2 px-3 pb-2.5">
        <Chip isOn={!isTroubleOnly} onToggle={() => setIsTroubleOnly(false)}>
          {text('doctorFilter.all')}
        </Chip>
        <Chip isOn={isTroubleOnly} onToggle={() => setIsTroubleOnly(true)}>
          {text('doctorFilter.trouble')}
        </Chip>
        <VerdictBadges verdicts={verdicts} />
        <span className="ml-auto flex items-center gap-2">
          <CopyForAdmin host={host} diagnosis={diagnosis} />
          <CheckAgain host={host} />
        </span>
      </div>
      {shown.length === 0 ? (
        <EmptyState icon={CircleCheck} title={text('doctorNoTrouble')} text={text('doctorNoTroubleText')} />
      ) : null}
      {inGroups(shown).map(({ group, items }) => (
        <section key={group} aria-label={text(`groups.${group}`)}>
          <h3 className="border-y border-line bg-panel px-3 py-1 text-small font-semibold text-ink-2">
            {text(`groups.${group}`)}
          </h3>
          <ul className="[&>li:last-child]:border-b-0">
            {items.map((verdict) => (
              <VerdictRow key={verdict.id} verdict={verdict} />
            ))}
          </ul>
        </section>
      ))}
      <CheckedAt host={host} />
    </div>
  );
}

function CopyForAdmin({ host, diagnosis }: VerdictsProps) {
  const text = useText('hosts');
  function copy() {
    attempt(async () => {
      await navigator.clipboard.writeText(adminMessage(host, diagnosis));
      addNotice({ tone: 'ok', title: text('copiedForAdmin'), detail: null, taskId: null, report: null });
    });
  }
  return (
    <Tooltip text={text('copyForAdminHint')}>
      <Button icon={ClipboardCopy} onClick={copy}>
        {text('copyForAdmin')}
      </Button>
    </Tooltip>
  );
}

function CheckAgain({ host }: { readonly host: Host }) {
  const text = useText('hosts');
  const [isChecking, setIsChecking] = useState(false);
  function check() {
    setIsChecking(true);
    attempt(async () => {
      try {
        await client.hosts.check({ hostId: host.id });
      } finally {
        setIsChecking(false);
      }
    });
  }
  return (
    <IconButton
      icon={isChecking ? LoaderCircle : RefreshCw}
      label={text('checkAgain')}
      aria-busy={isChecking}
      disabled={isChecking || !isReachable(host)}
      onClick={check}
      className={isChecking ? '[&_svg]:animate-spin' : undefined}
    />
  );
}

function CheckedAt({ host }: { readonly host: Host }) {
  const text = useText('hosts');
  const now = useNow(5000);
  if (host.facts === null) return null;
  const { checkedAt, durationMs } = host.facts;
  return (
    <p className="border-t border-line px-3 pt-2 text-small text-ink-3">
      {text('checked', { ago: agoText(checkedAt, now), took: shortTime(durationMs) })}
    </p>
  );
}

/** A probe takes a moment: tenths of a second tell more than `0 s`. */
function shortTime(durationMs: number): string {
  return durationMs < 10_000 ? `${(durationMs / 1000).toFixed(1)} s` : formatDuration(durationMs / 1000);
}
