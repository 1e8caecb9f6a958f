/** The rates of a sweep: 20 a decade, as a slider rounds them. */
export const SWEPT_RATES = Array.from({ length: 155 }, (_, i) => Number((10 ** ((i - 120) / 20)).toPrecision(3)));
