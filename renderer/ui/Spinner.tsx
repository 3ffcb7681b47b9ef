import { LoaderCircle } from 'lucide-react';
import { useText } from '#renderer/i18n/i18n.ts';
import { classNames } from './classNames.ts';

/** A turning ring for work whose length nobody knows. `label` is read out; `Loading` when not given. */
export function Spinner({ label, className }: { readonly label?: string; readonly className?: string }) {
  const text = useText('common');
  return (
    <span role="status" className={classNames('inline-flex', className)}>
      <LoaderCircle aria-hidden className="size-4 animate-spin" />
      <span className="sr-only">{label ?? text('loading')}</span>
    </span>
  );
}
