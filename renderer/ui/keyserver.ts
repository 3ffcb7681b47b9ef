/** Whether a text is an address of a keyserver as the contract takes it. */
export function isKeyserver(address: string): boolean {
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return false;
  const { username, password } = new URL(address);
  return username === '' && password === '';
}
