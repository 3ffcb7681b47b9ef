import { RadioGroup } from 'radix-ui';
import { useId } from 'react';
import type { RegistryAccess } from '#core/contract/registries.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { RadioItem } from '#renderer/ui/RadioItem.tsx';

export type Keep = 'session' | 'keychain';

export interface KeepChoiceProps {
  /** Null until it is known whether there is one. */
  readonly keychain: RegistryAccess['keychain'] | null;
  readonly value: Keep;
  readonly onChange: (keep: Keep) => void;
}

/** How long a secret is kept; the keychain is dimmed, with its reason, where there is none. */
export function KeepChoice({ keychain, value, onChange }: KeepChoiceProps) {
  const text = useText('registriesForms');
  const id = useId();
  const hasKeychain = keychain?.isAvailable === true;
  const options = [
    {
      value: 'session' as const,
      label: text('signIn.session'),
      hint: text('signIn.sessionHint'),
      isOn: true,
    },
    {
      value: 'keychain' as const,
      label: text('signIn.keychain'),
      hint:
        keychain === null
          ? ''
          : hasKeychain
            ? text('signIn.keychainHint', { keychain: keychain.text })
            : text('signIn.noKeychain', { reason: keychain.text }),
      isOn: hasKeychain,
    },
  ];
  return (
    <div className="flex flex-col gap-1">
      <span id={`${id}label`} className="text-small font-medium text-ink-2">
        {text('signIn.keep')}
      </span>
      <RadioGroup.Root
        aria-labelledby={`${id}label`}
        value={value}
        onValueChange={(chosen) => onChange(chosen === 'keychain' ? 'keychain' : 'session')}
        className="flex flex-col gap-1.5"
      >
        {options.map((option) => (
          <div key={option.value} className="flex items-start gap-2">
            <RadioItem
              id={`${id}${option.value}`}
              value={option.value}
              disabled={!option.isOn}
              aria-describedby={`${id}${option.value}hint`}
              className="mt-px grid size-4 shrink-0 place-items-center rounded-pill border border-control-line bg-bg disabled:opacity-50 data-[state=checked]:border-accent"
            >
              <RadioGroup.Indicator className="size-2 rounded-pill bg-accent" />
            </RadioItem>
            <div className="min-w-0">
              <label htmlFor={`${id}${option.value}`} className={option.isOn ? 'block' : 'block text-ink-3'}>
                {option.label}
              </label>
              <p id={`${id}${option.value}hint`} className="text-small text-pretty text-ink-3">
                {option.hint}
              </p>
            </div>
          </div>
        ))}
      </RadioGroup.Root>
    </div>
  );
}
