package io.github.rediskit.sample.customers;

import java.nio.charset.StandardCharsets;

import io.github.rediskit.key.KeyId;
import io.github.rediskit.key.KeySpace;

import org.springframework.stereotype.Component;

/**
 * Keys like those of the library, for what the shop writes itself: whatever a customer is
 * called, the key can't reach into another's, and all that is kept of one customer is in
 * one slot of a cluster.
 */
@Component
class ShopKeys {

	private final KeySpace keys;

	ShopKeys(KeySpace keys) {
		this.keys = keys;
	}

	/** Such as {@code shop:customer:basket:{ada}}. */
	String ofCustomer(String what, String customer) {
		return text(this.keys.family("customer", what).key(KeyId.of(customer)));
	}

	/** Such as {@code shop:visitors:daily:{2026-11-30}}. */
	String ofDay(String what, String day) {
		return text(this.keys.family(what, "daily").key(KeyId.of(day)));
	}

	private static String text(byte[] key) {
		return new String(key, StandardCharsets.US_ASCII);
	}

}
