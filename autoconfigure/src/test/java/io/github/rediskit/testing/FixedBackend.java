package io.github.rediskit.testing;

/**
 * A server that other tests use too, or that was given by address: nothing can be done to
 * it from outside.
 */
record FixedBackend(String host, int port) implements RedisBackend {

	/**
	 * A server given by address.
	 * @param address such as {@code localhost:6379}
	 */
	static FixedBackend of(String address) {
		int colon = address.lastIndexOf(':');
		if (colon < 1) {
			throw new IllegalArgumentException(
					"System property " + RedisDistribution.ADDRESS + " must be host:port, not '" + address + "'");
		}
		return new FixedBackend(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
	}

	@Override
	public void kill() {
		throw unsupported("killed");
	}

	@Override
	public void restart() {
		throw unsupported("restarted");
	}

	@Override
	public void freeze() {
		throw unsupported("frozen");
	}

	@Override
	public void thaw() {
		throw unsupported("thawed");
	}

	@Override
	public void close() {
	}

	private static UnsupportedOperationException unsupported(String what) {
		return new UnsupportedOperationException("The shared Redis can't be " + what
				+ ": start a server of the test's own with RedisTestServer.start()");
	}

}
