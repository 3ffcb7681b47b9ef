import { LoaderCircle, type LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';
import { classNames } from './classNames.ts';

export type ButtonTone = 'plain' | 'primary' | 'quiet' | 'danger';

const tones: Readonly<Record<ButtonTone, string>> = {
  plain: 'border-line-strong bg-bg text-ink hover:bg-panel active:bg-rail',
  primary: 'border-accent bg-accent text-accent-ink hover:border-accent-hover hover:bg-accent-hover',
  quiet: 'border-transparent text-ink-2 hover:bg-hover hover:text-ink',
  danger: 'border-bad bg-bad text-bad-ink hover:border-bad-hover hover:bg-bad-hover',
};

export interface ButtonProps extends ComponentProps<'button'> {
  /** `plain` when not given. A page has one `primary`. */
  readonly tone?: ButtonTone;
  readonly icon?: LucideIcon | undefined;
  /** Shows a turning ring and takes no clicks. */
  readonly isBusy?: boolean;
}

/** A push button, 28 px high. */
export function Button({
  tone = 'plain',
  icon: Icon,
  isBusy = false,
  className,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={rest.disabled === true || isBusy}
      className={classNames(
        'inline-flex h-7 shrink-0 items-center justify-center gap-1.5 rounded-control border px-3 font-medium whitespace-nowrap select-none disabled:opacity-50',
        tones[tone],
        className,
      )}
    >
      {isBusy ? <LoaderCircle aria-hidden className="size-4 animate-spin" /> : null}
      {!isBusy && Icon !== undefined ? (
        <Icon aria-hidden className="size-4 shrink-0" strokeWidth={1.75} />
      ) : null}
      {children}
    </button>
  );
}
