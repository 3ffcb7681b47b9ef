import { Button, type ButtonTone } from '#renderer/ui/Button.tsx';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { Tooltip } from '#renderer/ui/Tooltip.tsx';
import { useShortcut } from './keymap.ts';
import { commandLabel, commandOf, isCommandEnabled, runCommand } from './registry.ts';

export interface CommandButtonProps {
  readonly id: string;
  readonly tone?: ButtonTone;
  /** Only the icon, with the label on hover. */
  readonly isIconOnly?: boolean;
}

/** A command as a button of a toolbar: its icon, words and keys. The parent re-renders it when its state changes. */
export function CommandButton({ id, tone = 'plain', isIconOnly = false }: CommandButtonProps) {
  const command = commandOf(id);
  const shortcut = useShortcut(id);
  const isDisabled = !isCommandEnabled(command);
  if (isIconOnly) {
    return (
      <IconButton
        icon={command.icon}
        label={commandLabel(command)}
        shortcut={shortcut}
        disabled={isDisabled}
        onClick={() => void runCommand(id)}
      />
    );
  }
  const button = (
    <Button tone={tone} icon={command.icon} disabled={isDisabled} onClick={() => void runCommand(id)}>
      {commandLabel(command)}
    </Button>
  );
  return shortcut === undefined ? (
    button
  ) : (
    <Tooltip text={commandLabel(command)} shortcut={shortcut}>
      {button}
    </Tooltip>
  );
}
