// Numbers in the words of a language.

type PluralForms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

interface Figures {
  /** 1234 → "1,234" */
  number(value: number): string;
  /** A share of 1; never rounded up to certainty or down to nothing. */
  percent(share: number): string;
  /** Seconds with one decimal; never under 0.1. */
  decimal(value: number): string;
  /** The form for a count, with the count where it has a "#". */
  count(value: number, forms: PluralForms): string;
}

/** Figures for a locale such as "en-GB". */
export function figures(locale: string): Figures {
  const whole = new Intl.NumberFormat(locale);
  const share = new Intl.NumberFormat(locale, { style: "percent" });
  const one = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const rules = new Intl.PluralRules(locale);
  return {
    number: (value) => whole.format(value),
    percent: (value) => {
      const shown = share.format(value >= 1 ? 1 : Math.min(0.99, Math.max(0.01, value)));
      return value > 0 && value < 0.01 ? `< ${shown}` : value <= 0 ? share.format(0) : shown;
    },
    decimal: (value) => one.format(Math.max(0.1, value)),
    count: (value, forms) => (forms[rules.select(value)] ?? forms.other).replace("#", whole.format(value)),
  };
}
