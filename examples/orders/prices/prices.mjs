// What things cost, in cents.
const prices = new Map([['bread', 320], ['milk', 149], ['cheese', 875]]);

export function priceOf(item) {
  return prices.get(item);
}
