package io.github.rediskit.testing;

/**
 * Where a server of the tests runs, and what can be done to it from outside.
 */
interface RedisBackend extends AutoCloseable {

	String host();

	int port();

	/** Kill it as a crash would: nothing is saved, connections are cut. */
	void kill();

	/** Start it again, where it was. */
	void restart();

	/** Let it stand still: connections stay, answers do not come. */
	void freeze();

	/** Let it go on. */
	void thaw();

	@Override
	void close();

}
