/** In QEMU's option syntax a comma inside a value is written twice. */
export function escapeCommas(value: string): string {
  return value.replaceAll(',', ',,');
}
