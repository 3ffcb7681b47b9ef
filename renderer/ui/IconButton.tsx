import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';
import { classNames } from './classNames.ts';
import { Tooltip } from './Tooltip.tsx';

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children' | 'aria-label'> {
  readonly icon: LucideIcon;
  /** Names the button for everybody: read out, and shown on hover. */
  readonly label: string;
  readonly shortcut?: string | undefined;
  /** 28 px, or 22 px inside rows and tabs. */
  readonly size?: 'normal' | 'small';
}

/** A square button that is only an icon. */
export function IconButton({
  icon: Icon,
  label,
  shortcut,
  size = 'normal',
  className,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip text={label} shortcut={shortcut}>
      <button
        type="button"
        aria-label={label}
        {...rest}
        className={classNames(
          'relative grid shrink-0 place-items-center rounded-control text-ink-2 hover:bg-hover hover:text-ink disabled:opacity-50 aria-pressed:bg-accent-soft aria-pressed:text-accent',
          size === 'small' ? 'size-5.5' : 'size-7',
          className,
        )}
      >
        <Icon aria-hidden className={size === 'small' ? 'size-3.5' : 'size-4'} strokeWidth={1.75} />
      </button>
    </Tooltip>
  );
}
