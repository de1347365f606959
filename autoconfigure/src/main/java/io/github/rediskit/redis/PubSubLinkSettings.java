package io.github.rediskit.redis;

import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;

import org.springframework.util.backoff.BackOffExecution;

/**
 * How a {@link PubSubLink} is kept.
 *
 * @param pingInterval how often the connection is asked whether it still lives
 * @param patience how long an answer may take: to a ping, and to a subscription
 * @param sharded whether channels belong to one shard of a cluster, where there is one
 * that knows this
 * @param delays the pauses between attempts to connect, anew for each outage
 * @param clock tells the time
 */
public record PubSubLinkSettings(Duration pingInterval, Duration patience, boolean sharded,
		Supplier<BackOffExecution> delays, Clock clock) {

}
