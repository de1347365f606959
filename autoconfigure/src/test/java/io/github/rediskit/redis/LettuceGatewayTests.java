package io.github.rediskit.redis;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.github.rediskit.script.RedisUnavailableException;
import io.github.rediskit.testing.RedisTestServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What a gateway does until it has a connection, and with what can't be sent.
 */
@Timeout(30)
class LettuceGatewayTests {

	private static final byte[] KEY = { 'k' };

	private final Queue<CompletableFuture<StatefulConnection<byte[], byte[]>>> attempts = new ConcurrentLinkedQueue<>();

	private final LettuceGateway gateway = new LettuceGateway(() -> {
		CompletableFuture<StatefulConnection<byte[], byte[]>> attempt = new CompletableFuture<>();
		this.attempts.add(attempt);
		return attempt;
	}, CompletableFuture::new, Duration.ofSeconds(5));

	@Test
	void theFirstCallerWaitsThoughTheWarmUpFailed() {
		this.gateway.warmUp();
		this.attempts.remove().completeExceptionally(new IllegalStateException("too slow"));
		CompletableFuture<?> reply = this.gateway.read(KEY).toCompletableFuture();
		assertThat(reply).isNotDone();
		this.attempts.remove().completeExceptionally(new IllegalStateException("refused"));
		assertThatExceptionOfType(CompletionException.class).isThrownBy(reply::join)
			.havingCause()
			.isInstanceOf(RedisUnavailableException.class)
			.withMessage("No connection to Redis: refused");
	}

	@Test
	void whoDoesNotWaitIsToldWhyTheLastAttemptFailed() {
		CompletableFuture<?> first = this.gateway.read(KEY).toCompletableFuture();
		this.attempts.remove().completeExceptionally(new IllegalStateException("WRONGPASS"));
		assertThat(first).isCompletedExceptionally();
		assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(() -> this.gateway.read(KEY).toCompletableFuture().join())
			.havingCause()
			.withMessage("There is no connection to Redis: WRONGPASS")
			.havingCause()
			.withMessage("WRONGPASS");
		assertThat(this.attempts).isEmpty();
	}

	@Test
	void whatCanNotBeSentIsAFailedStage() {
		RedisClient client = RedisClient.create(RedisURI.create(RedisTestServer.shared().uri()));
		try {
			this.gateway.warmUp();
			this.attempts.remove().complete(client.connect(ByteArrayCodec.INSTANCE));
			assertThat(this.gateway.write(KEY, KEY, Duration.ofSeconds(Long.MAX_VALUE), false).toCompletableFuture())
				.isCompletedExceptionally();
		}
		finally {
			client.shutdown(Duration.ZERO, Duration.ZERO);
		}
	}

}
