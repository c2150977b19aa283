/** ISE writes and expects `AA:BB:CC:DD:EE:FF`; MnT also answers `AA-BB-CC-DD-EE-FF`, and what a switch has sent. */
export function toIse(mac: string): string {
  return mac.toUpperCase();
}

/** Lower case with colons, as everywhere else in Lazaret; null: no MAC, such as the caller's number of a VPN client. */
export function fromIse(text: string): string | null {
  const digits = text.replace(/[:.-]/g, '').toLowerCase();
  return /^[0-9a-f]{12}$/.test(digits) ? digits.match(/../g)!.join(':') : null;
}
