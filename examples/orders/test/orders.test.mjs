import assert from 'node:assert/strict';
import test from 'node:test';
import { totalOf } from '../dist/orders.mjs';

test('an order is the sum of what it has', () => assert.equal(totalOf({ bread: 2, milk: 1 }), 789));

test('nothing costs nothing', () => assert.equal(totalOf({}), 0));

test('what is not sold is refused', () => assert.throws(() => totalOf({ gold: 1 }), /gold is not sold here/));

test('half a bread is refused', () => assert.throws(() => totalOf({ bread: 0.5 }), /0.5 is no number of bread/));
