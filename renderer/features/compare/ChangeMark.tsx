import { useText } from '#renderer/i18n/i18n.ts';
import { classNames } from '#renderer/ui/classNames.ts';
import type { Change } from './compareWords.ts';

const looks = {
  added: { sign: '+', tone: 'text-ok' },
  removed: { sign: '−', tone: 'text-bad' },
  changed: { sign: '~', tone: 'text-warn' },
} as const;

/** Added, removed or changed: sign and word, so that colour is never the only sign. */
export function ChangeMark({ change }: { readonly change: Change }) {
  const text = useText('compare');
  const { sign, tone } = looks[change];
  return (
    <span className={classNames('flex items-center gap-1.5 text-small', tone)}>
      <span aria-hidden className="w-2.5 text-center font-mono font-bold">
        {sign}
      </span>
      {text(`changes.${change}`)}
    </span>
  );
}
