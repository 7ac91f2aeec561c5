type Rgb = readonly [red: number, green: number, blue: number];

const white: Rgb = [255, 255, 255];
const black: Rgb = [0, 0, 0];
/** The background with the least contrast in each theme: the darkest light one, and the lightest dark one. */
const grounds = { light: [248, 249, 250], dark: [46, 46, 46] } as const satisfies Record<string, Rgb>;
/** The contrast that WCAG requires of small text. */
const contrast = 4.5;

/** A CSS colour near `rgb` that can be read in both themes: darkened for the light one, lightened for the dark one. */
export function readableColor(rgb: Rgb): string {
  return `light-dark(${show(toward(rgb, black, grounds.light))}, ${show(toward(rgb, white, grounds.dark))})`;
}

/** How well two colours can be told apart, from 1 to 21, by WCAG. */
export function contrastOf(one: Rgb, other: Rgb): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((left, right) => left - right);
  return (high + 0.05) / (low + 0.05);
}

function toward(rgb: Rgb, end: Rgb, ground: Rgb): Rgb {
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = mix(rgb, end, share);
    if (contrastOf(mixed, ground) >= contrast) return mixed;
  }
  return end;
}

function mix(rgb: Rgb, end: Rgb, share: number): Rgb {
  return [blend(rgb[0], end[0], share), blend(rgb[1], end[1], share), blend(rgb[2], end[2], share)];
}

function blend(from: number, to: number, share: number): number {
  return Math.round(from + (to - from) * share);
}

function luminance([red, green, blue]: Rgb): number {
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function linear(level: number): number {
  const part = level / 255;
  return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}

function show(rgb: Rgb): string {
  return `rgb(${rgb.join(" ")})`;
}
