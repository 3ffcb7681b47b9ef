/** Names that people give to what nobody else may read. */
const secretName =
  /(?:^|[_.-])(?:token|password|passwd|passphrase|secret|api_?key|private_?key|access_?key|secret_?key|credentials?|pat|auth)(?:$|[_.-])/i;

/** Values that stand for no secret: empty, a reference to something else, or what an example has in place of one. */
const harmless =
  /^(?:["']?\s*["']?|["']?\$.*|.*\{\{.*|["']?<.*>["']?|["']?(?:x+|\.+|\*+|changeme|none|null|false|true|0|1)["']?)$/is;

/** Whether a value of this name looks like a secret in clear text. */
export function isSecret(name: string, value: string): boolean {
  return isSecretName(name) && !harmless.test(value);
}

/** Whether a value of this name is one to keep out of sight: `GITHUB_TOKEN`, `db.password`. */
export function isSecretName(name: string): boolean {
  return secretName.test(name);
}

/** An address with a password in it: where the `user:password@` stands; null when there is none. */
export function passwordInAddress(text: string): { readonly from: number; readonly to: number } | null {
  if (!text.includes('://')) return null;
  const found = /\b[a-z][a-z0-9+.-]{0,20}:\/\/([^\s/:@"'$]{1,256}:[^\s/@"'${}]{1,256}@)/i.exec(text);
  const part = found?.[1];
  if (found === null || part === undefined) return null;
  const from = found.index + found[0].length - part.length;
  return { from, to: from + part.length - 1 };
}
