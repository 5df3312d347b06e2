/** Words of a package manager that got on, whatever it had to try before. */

const DONE = String.raw`Complete!\s*$|OK: \d+(?:\.\d+)? [KMG]iB in \d+ packages`;

/** It has done what it was told. */
export const WENT_WELL = new RegExp(`^\\s*(?:${DONE})`);

/** It has what it needs, and installs. */
export const WENT_ON = new RegExp(`^\\s*(?:${DONE}|Setting up \\S+ \\([^)\\n]{1,80}\\) \\.\\.\\.)`);
