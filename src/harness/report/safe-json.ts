/** JSON of what guests printed, for places where characters act: terminals that show the file, scripts, HTML. */

/** C1 and format characters are escaped; JSON.stringify does C0 and lone surrogates itself. */
export function safeJson(value: unknown, indentation?: number): string {
  return JSON.stringify(value, undefined, indentation).replace(
    /[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The same for a script: there is no `</script>` and no `<!--` in it. Takes JSON too, and leaves it JSON. No key may be `__proto__`. */
export function scriptJson(json: string): string {
  return json.replaceAll('<', '\\u003c');
}
