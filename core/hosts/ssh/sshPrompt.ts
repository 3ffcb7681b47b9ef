import type { HostId } from '#core/contract/ids.ts';
import type { Question } from './asker.ts';

/** What ssh hands its askpass program: the prompt, and SSH_ASKPASS_PROMPT (`confirm`, `none` or empty). */
export interface RawQuestion {
  readonly text: string;
  readonly hint: string;
}

// OpenSSH sshconnect.c: "The authenticity of host …", "%s key fingerprint is %s."; a server's own questions begin with
// "(user@host) ", so that they cannot pass for this one. The question ends "(yes/no/[fingerprint])? " since 8.0.
const keyFingerprint =
  /^The authenticity of host '[^\n]* can't be established\.\n(?:[^\n]*\n)*?(\S+) key fingerprint is:? (SHA256:[A-Za-z0-9+/=]+)\.?\n/;
const isHostKeyQuestion = /\(yes\/no(?:\/\[fingerprint\])?\)\? *$/;
// ssh does not tell its askpass program whether an answer may be seen, so all is secret but what is known not to be.
const isPlain = /\b(?:user ?name|login(?: name)?|option|choice|select|choose)\b/i;
const isSecret = /pass(?:word|phrase)|\bpin\b|secret/i;

/** A raw question → what a person is shown. `notes` is what ssh said since the last question (PAM speaks there). */
export function readQuestion(hostId: HostId, raw: RawQuestion, notes: string): Question {
  const key = keyFingerprint.exec(raw.text);
  if (key !== null && isHostKeyQuestion.test(raw.text)) {
    const fingerprint = { algorithm: key[1] ?? '', sha256: key[2] ?? '' };
    return { hostId, kind: 'hostKey', text: shown(raw.text), fingerprint };
  }
  const kind =
    raw.hint === 'confirm' || isHostKeyQuestion.test(raw.text)
      ? 'confirm'
      : isPlain.test(raw.text) && !isSecret.test(raw.text)
        ? 'text'
        : 'secret';
  const text = [notes, raw.text]
    .map(shown)
    .filter((part) => part !== '')
    .join('\n');
  return { hostId, kind, text, fingerprint: null };
}

const longestText = 4000;

/** Text from a server may steer a screen or hide its end: only printable characters and line ends stay. */
function shown(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
    .trim()
    .slice(-longestText);
}
