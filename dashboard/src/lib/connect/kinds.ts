// SPDX-License-Identifier: AGPL-3.0-or-later
/* What can be connected, and how. The texts of the steps are guide.KIND_1 and so on. */
export interface Kind {
  id: string;
  protocol: 'shopify' | 'woocommerce' | 'segment' | ''; /* '': by files */
  steps: number;
}

export const kinds: Kind[] = [
  { id: 'shopify', protocol: 'shopify', steps: 3 },
  { id: 'woocommerce', protocol: 'woocommerce', steps: 3 },
  { id: 'site', protocol: 'segment', steps: 3 },
  { id: 'server', protocol: 'segment', steps: 2 },
  { id: 'files', protocol: '', steps: 3 },
  { id: 'mail', protocol: '', steps: 3 },
  { id: 'ads', protocol: '', steps: 3 },
];

/* As the shop systems call them where webhooks are made; they are told apart by the second. */
export const topics: Record<string, [string, string][]> = {
  shopify: [
    ['Order creation', 'orders/create'],
    ['Order update', 'orders/updated'],
    ['Order payment', 'orders/paid'],
    ['Order cancellation', 'orders/cancelled'],
    ['Order deletion', 'orders/delete'],
    ['Refund create', 'refunds/create'],
    ['Checkout creation', 'checkouts/create'],
    ['Checkout update', 'checkouts/update'],
    ['Customer creation', 'customers/create'],
    ['Customer update', 'customers/update'],
    ['Customer deletion', 'customers/delete'],
    ['Customer marketing consent update', 'customers_marketing_consent/update'],
    ['Customer email marketing consent update', 'customers_email_marketing_consent/update'],
    ['Product creation', 'products/create'],
    ['Product update', 'products/update'],
    ['Product deletion', 'products/delete'],
  ],
  woocommerce: [
    ['Order created', 'order.created'],
    ['Order updated', 'order.updated'],
    ['Order deleted', 'order.deleted'],
    ['Order restored', 'order.restored'],
    ['Customer created', 'customer.created'],
    ['Customer updated', 'customer.updated'],
    ['Customer deleted', 'customer.deleted'],
    ['Product created', 'product.created'],
    ['Product updated', 'product.updated'],
    ['Product deleted', 'product.deleted'],
    ['Product restored', 'product.restored'],
  ],
};
