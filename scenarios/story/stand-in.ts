/** A file that everybody has in the place of an image that not everybody has. */

/** Has the environment name this file for the image until it is disposed of, whatever it named before, in whatever case. */
export function standIn(image: string, file: string | undefined): Disposable {
  const variable = `DOMES_IMAGE_${image.toUpperCase().replaceAll('-', '_')}`;
  const before = Object.entries(process.env).filter(([key]) => key.toUpperCase() === variable);
  for (const [key] of before) delete process.env[key];
  process.env[variable] = file;
  return {
    [Symbol.dispose]() {
      delete process.env[variable];
      for (const [key, value] of before) process.env[key] = value;
    },
  };
}
