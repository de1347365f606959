package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.util.Locale;
import java.util.Objects;

import io.github.rediskit.setting.InvalidSettingException;
import io.lettuce.core.ReadFrom;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.data.redis.autoconfigure.DataRedisProperties;

/**
 * How a connection behaves, after inheritance: its own properties, else those of
 * {@code spring.data.redis}, else a bound.
 *
 * @param timeout how long a command may take
 * @param connectTimeout how long connecting may take
 * @param shutdownTimeout how long the client waits when it closes
 * @param clientName name of the connection
 * @param readFrom nodes to read from, or {@code null} for Lettuce's choice
 * @param pool pool, or {@code null} for none
 * @param requestQueueSize most unanswered commands
 * @param refreshPeriod time between two looks at a cluster's topology
 * @param dynamicRefreshSources whether all nodes of a cluster are asked for it
 */
record ConnectionSettings(Duration timeout, Duration connectTimeout, Duration shutdownTimeout,
		@Nullable String clientName, @Nullable ReadFrom readFrom, ConnectionProperties.@Nullable Pool pool,
		int requestQueueSize, Duration refreshPeriod, boolean dynamicRefreshSources) {

	private static final Duration TIMEOUT = Duration.ofMillis(500);

	private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

	private static final Duration REFRESH_PERIOD = Duration.ofSeconds(30);

	static ConnectionSettings of(String name, ConnectionProperties own, DataRedisProperties inherited) {
		DataRedisProperties.Lettuce lettuce = inherited.getLettuce();
		DataRedisProperties.Lettuce.Cluster.Refresh refresh = lettuce.getCluster().getRefresh();
		ConnectionProperties.Pool pool = own.pool();
		return new ConnectionSettings(bounded(own.timeout(), inherited.getTimeout(), TIMEOUT),
				bounded(own.connectTimeout(), inherited.getConnectTimeout(), CONNECT_TIMEOUT),
				bounded(null, lettuce.getShutdownTimeout(), Duration.ofMillis(100)),
				(own.clientName() != null) ? own.clientName() : inherited.getClientName(),
				readFrom(name, own, lettuce.getReadFrom()), (pool != null && pool.enabled()) ? pool : null,
				own.requestQueueSize(), bounded(null, refresh.getPeriod(), REFRESH_PERIOD),
				refresh.isDynamicRefreshSources());
	}

	/**
	 * Zero means "endless" to Lettuce, so it is not taken over from Boot's properties.
	 */
	private static Duration bounded(@Nullable Duration own, @Nullable Duration inherited, Duration otherwise) {
		if (own != null) {
			return own;
		}
		boolean bounded = inherited != null && !inherited.isZero() && !inherited.isNegative();
		return bounded ? Objects.requireNonNull(inherited) : otherwise;
	}

	/** Where to read from belongs to the endpoint: only who shares it inherits it. */
	private static @Nullable ReadFrom readFrom(String name, ConnectionProperties own, @Nullable String inherited) {
		String readFrom = (own.readFrom() == null && !own.hasEndpoint()) ? inherited : own.readFrom();
		if (readFrom == null) {
			return null;
		}
		int colon = readFrom.indexOf(':');
		String kind = (colon != -1) ? readFrom.substring(0, colon) : readFrom;
		String detail = (colon != -1) ? readFrom.substring(colon) : "";
		try {
			return ReadFrom.valueOf(kind.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT) + detail);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidSettingException("rediskit.connections." + name + ".read-from",
					"is '" + readFrom + "', which means nothing",
					"Write upstream, upstream-preferred, replica, replica-preferred, lowest-latency, any, any-replica, "
							+ "subnet:<CIDR>,... or regex:<pattern>.",
					ex);
		}
	}

}
