// Colours that stay readable, whatever accent a site chose (WCAG 2.2, contrast of text 4.5 : 1).

/** Red, green and blue, 0 to 255. */
export type Rgb = [number, number, number];

const ENOUGH = 4.5;
const BLACK: Rgb = [0, 0, 0];
const WHITE: Rgb = [255, 255, 255];

/** A computed colour, "rgb(…)" or "color(srgb …)"; null where it is none of these or not opaque. */
export function parseColour(text: string): Rgb | null {
  const numbers = text.match(/-?[\d.]+(?:e-?\d+)?/gi)?.map(Number) ?? [];
  const [red = NaN, green = NaN, blue = NaN, alpha = 1] = numbers;
  if (alpha < 1) return null;
  const rgb: Rgb | null = text.startsWith("rgb")
    ? [red, green, blue]
    : text.startsWith("color(srgb ")
      ? [red * 255, green * 255, blue * 255]
      : null;
  return rgb && rgb.every(Number.isFinite) ? rgb : null;
}

export const cssColour = (rgb: Rgb): string => `rgb(${rgb.map(Math.round).join(" ")})`;

function luminance(rgb: Rgb): number {
  const [red, green, blue] = rgb.map((value) => {
    const share = Math.min(255, Math.max(0, value)) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: Rgb, other: Rgb): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** Black or white, whichever reads better on a colour: at least 4.58 : 1 on every one. */
export const textOn = (background: Rgb): Rgb => (contrast(WHITE, background) >= ENOUGH ? WHITE : BLACK);

/** The colour itself where it reads on all backgrounds, else moved towards black or white until it does. */
export function readable(colour: Rgb, backgrounds: Rgb[]): Rgb {
  const [first = WHITE] = backgrounds;
  const towards = luminance(first) > 0.18 ? BLACK : WHITE;
  for (let step = 0; step <= 20; step++) {
    const moved = mix(colour, towards, step / 20);
    if (backgrounds.every((background) => contrast(moved, background) >= ENOUGH)) return moved;
  }
  return towards;
}

export const mix = (from: Rgb, to: Rgb, share: number): Rgb =>
  from.map((value, index) => value + ((to[index] ?? 0) - value) * share) as Rgb;
