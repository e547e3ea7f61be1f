import { priceOf } from 'prices';

// The sum of an order, { "bread": 2 }, in cents; an item that is not sold, or a number of it that is none, is an error.
export function totalOf(order) {
  let total = 0;
  for (const [item, count] of Object.entries(order)) {
    const price = priceOf(item);
    if (price === undefined) throw new RangeError(`${item} is not sold here`);
    if (!Number.isInteger(count) || count < 1) throw new RangeError(`${count} is no number of ${item}`);
    total += price * count;
  }
  return total;
}
