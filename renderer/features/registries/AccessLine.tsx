import { ChevronRight, Gauge, KeyRound, TriangleAlert } from 'lucide-react';
import { useId, useState } from 'react';
import type { RegistryAccess } from '#core/contract/registries.ts';
import { registryHostOf } from '#core/contract/registryKinds.ts';
import type { RegistrySettings } from '#core/contract/registryList.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { classNames } from '#renderer/ui/classNames.ts';
import { type Definition, DefinitionList } from '#renderer/ui/DefinitionList.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { agoText, useNow, wholeTimeText } from '#renderer/ui/when.ts';
import { askSignIn } from './registriesState.ts';
import { signOutOf } from './registryActions.ts';
import { rateText, whoText } from './registryWords.ts';
import { useAccess } from './useAccess.ts';

/** The truth about signing in: as whom, from where, when it worked, and how much is left. */
export function AccessLine({ registry }: { readonly registry: RegistrySettings }) {
  const text = useText('registries');
  const id = useId();
  const [isOpen, setIsOpen] = useState(false);
  const host = registryHostOf(registry);
  const { data: access, error } = useAccess(host);
  const now = useNow(10_000);
  const isOurs = access?.source.type === 'session' || access?.source.type === 'keychain';
  return (
    <section aria-label={text('access.name')} className="flex min-w-0 flex-col text-small">
      <div className="flex min-w-0 items-start gap-2">
        <div className="min-w-0 flex-1 pt-0.75">
          {access === undefined && error === null ? <Spinner label={text('access.loading')} /> : null}
          {error === null ? null : (
            <p className="flex gap-1.5 text-ink-2" title={failureReport(error).cause}>
              <TriangleAlert aria-hidden className="mt-px size-3.5 shrink-0 text-warn" />
              {text('access.unknown', { title: failureReport(error).title })}
            </p>
          )}
          {access === undefined ? null : (
            <button
              type="button"
              aria-expanded={isOpen}
              aria-controls={`${id}facts`}
              title={text('access.details')}
              onClick={() => setIsOpen(!isOpen)}
              className="flex max-w-full flex-wrap items-center gap-x-2.5 gap-y-0.5 rounded-small text-left text-ink-2 hover:text-ink"
            >
              <Truth access={access} now={now} isOpen={isOpen} />
            </button>
          )}
        </div>
        <Button tone="quiet" icon={KeyRound} className="h-6! px-2!" onClick={() => askSignIn(host)}>
          {text(isOurs ? 'access.change' : 'access.signIn')}
        </Button>
        {isOurs ? (
          <Button tone="quiet" className="h-6! px-2!" onClick={() => signOutOf(host)}>
            {text('access.signOut')}
          </Button>
        ) : null}
      </div>
      <div id={`${id}facts`} hidden={!isOpen} className="py-1.5 pl-4.5">
        {access === undefined || !isOpen ? null : <Facts access={access} now={now} />}
      </div>
    </section>
  );
}

interface TruthProps {
  readonly access: RegistryAccess;
  readonly now: number;
}

function Truth({ access, now, isOpen }: TruthProps & { readonly isOpen: boolean }) {
  const text = useText('registries');
  const refusedLast = (access.lastRefusal ?? 0) > (access.lastSuccess ?? 0);
  const isShort = access.rate !== null && access.rate.remaining <= access.rate.limit / 10;
  return (
    <>
      <span className="flex min-w-0 items-center gap-1">
        <ChevronRight
          aria-hidden
          className={classNames('size-3.5 shrink-0 transition-transform', isOpen && 'rotate-90')}
        />
        <bdi className="min-w-0 [overflow-wrap:anywhere]">{whoText(access)}</bdi>
      </span>
      {refusedLast && access.lastRefusal !== null ? (
        <span className="flex items-center gap-1 text-bad">
          <TriangleAlert aria-hidden className="size-3.5 shrink-0" />
          {text('access.refusal', { ago: agoText(access.lastRefusal, now) })}
        </span>
      ) : null}
      {access.rate === null ? null : (
        <span className={isShort ? 'flex items-center gap-1 text-warn' : 'flex items-center gap-1'}>
          <Gauge aria-hidden className="size-3.5 shrink-0" />
          {rateText(access.rate)}{' '}
          {text('access.measuredShort', { ago: agoText(access.rate.measuredAt, now) })}
        </span>
      )}
      {access.problems.length === 0 ? null : (
        <span className="flex items-center gap-1 text-warn">
          <TriangleAlert aria-hidden className="size-3.5 shrink-0" />
          <span className="min-w-0 [overflow-wrap:anywhere]">{showControls(access.problems[0] ?? '')}</span>
        </span>
      )}
    </>
  );
}

function Facts({ access, now }: TruthProps) {
  return <DefinitionList items={useFacts(access, now)} />;
}

function useFacts(access: RegistryAccess, now: number): readonly Definition[] {
  const text = useText('registries');
  const when = (at: number) => ({ value: agoText(at, now), title: wholeTimeText(at) });
  const facts: (Definition | null)[] = [
    access.lastSuccess === null
      ? access.source.type === 'none'
        ? null
        : { term: text('access.successTerm'), value: text('access.noSuccess') }
      : { term: text('access.successTerm'), ...when(access.lastSuccess) },
    access.lastRefusal === null ? null : { term: text('access.refusalTerm'), ...when(access.lastRefusal) },
    access.rate === null
      ? null
      : {
          term: text('access.rateTerm'),
          value: `${rateText(access.rate)}, ${text('access.measured', { ago: agoText(access.rate.measuredAt, now) })}`,
          title: wholeTimeText(access.rate.measuredAt),
        },
    { term: text('access.runtime'), value: showControls(access.runtime) },
    access.problems.length === 0
      ? null
      : {
          term: text('access.problems'),
          value: (
            <ul className="flex flex-col gap-0.5 text-warn">
              {access.problems.map((problem) => (
                <li key={problem}>{showControls(problem)}</li>
              ))}
            </ul>
          ),
        },
  ];
  return facts.filter((fact) => fact !== null);
}
