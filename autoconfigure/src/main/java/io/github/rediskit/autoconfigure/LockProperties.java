package io.github.rediskit.autoconfigure;

import java.time.Duration;

import io.github.rediskit.lock.LockSettings;
import io.github.rediskit.setting.InvalidSettingException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the locks.
 *
 * @param connection Name of the connection that locks use.
 * @param lease How long a lock outlives a holder that died. While its holder lives it is
 * renewed.
 * @param maxWait How long a caller waits for a lock.
 * @param maxHold For how long a lock is renewed at most. By default until its holder
 * releases it.
 */
@ConfigurationProperties(prefix = "rediskit.lock", ignoreUnknownFields = false)
record LockProperties(@DefaultValue("default") String connection, @DefaultValue("30s") Duration lease,
		@DefaultValue("10s") Duration maxWait, @Nullable Duration maxHold) {

	LockSettings settings() {
		try {
			return new LockSettings(this.lease, this.maxWait, this.maxHold);
		}
		catch (InvalidSettingException ex) {
			throw ex.within("rediskit.lock");
		}
	}

}
