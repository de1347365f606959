package io.github.rediskit.autoconfigure;

import io.github.rediskit.setting.InvalidSettingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class RedisUrlTests {

	@Test
	void allPartsAreUsed() {
		assertThat(parse("rediss://app:p%40ss@redis.example:6380/3"))
			.isEqualTo(new RedisUrl(true, "app", "p@ss", "redis.example", 6380, 3));
	}

	@Test
	void onlyTheHostIsNeeded() {
		assertThat(parse("redis://redis.example")).isEqualTo(new RedisUrl(false, null, null, "redis.example", 6379, 0));
	}

	@Test
	void loginWithoutColonIsThePassword() {
		assertThat(parse("redis://secret@h")).isEqualTo(new RedisUrl(false, null, "secret", "h", 6379, 0));
		assertThat(parse("redis://:secret@h")).isEqualTo(new RedisUrl(false, null, "secret", "h", 6379, 0));
	}

	@ParameterizedTest
	@ValueSource(strings = { "locks:6379", "http://app:s3cret@locks", "redis:/locks", "redis://app:s3cret",
			"redis://locks/one", "redis://app:s3cr et@locks", "redis://locks?password=s3cret", "redis//:s3cret@locks",
			"redis://app:s3cret@locks:port" })
	void whatIsNoUrlIsRefusedWithoutItsSecret(String url) {
		assertThatExceptionOfType(InvalidSettingException.class).isThrownBy(() -> parse(url))
			.withMessageStartingWith("rediskit.connections.locks.url is not the URL of a Redis server: '")
			.withMessageContaining("redis://user:password@host:6379/0")
			.withNoCause()
			.satisfies((failure) -> assertThat(failure.getMessage()).doesNotContain("s3cr"));
	}

	@ParameterizedTest
	@CsvSource({ "redis://u:p@h:1/0,redis://***@h:1/0", "p@ss@h,***@h", "redis://h:6379/0,redis://h:6379/0",
			"redis://u:pass,redis://u:***", "h?password=x,h?***" })
	void secretsAreMasked(String url, String masked) {
		assertThat(RedisUrl.masked(url)).isEqualTo(masked);
	}

	private static RedisUrl parse(String url) {
		return RedisUrl.parse("rediskit.connections.locks.url", url);
	}

}
